import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { TfjsNodeRuntime } from '@main/platform/tfjs-node/original-runtime';
import type { VariantInfo } from '@shared/model/model';
import type { RunSummary } from '@shared/model/run';
import type { ValidationReport } from '@shared/model/validation';
import { freePort } from '../support/own-adb-server';
import { appRoot, prepareRunner } from '../support/runner';
import { temporaryFolder } from '../support/temporary-folder';
import { runCli, type CliResult } from '../support/test-cli';

const unused = {
  start(): never {
    throw new Error('only asked whether it is there');
  },
};
const missing = prepareRunner() ?? (await new TfjsNodeRuntime(unused, appRoot).unavailable());
const digits = join(appRoot, 'resources/samples/digits');

const hashOf = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');

/** Each command starts a process, and in it TensorFlow. */
const TIMEOUT_MS = 300_000;

describe.skipIf(missing)(`validation by command ${missing ?? ''}`, { timeout: TIMEOUT_MS }, () => {
  let port: number;
  beforeAll(async () => {
    port = await freePort();
  });

  const cliIn =
    (dataDir: string) =>
    (...args: string[]): Promise<CliResult> =>
      runCli(dataDir, port, args);
  const variantsOf = ({ output }: CliResult): VariantInfo[] =>
    (JSON.parse(output) as { variants: VariantInfo[] }).variants;

  it('runs a Keras original as our reading of it, and says so', async () => {
    const folder = temporaryFolder();
    const cli = cliIn(join(folder, 'data'));
    const out = join(folder, 'digits.tflite');
    const [variant] = variantsOf(await cli('convert', join(digits, 'digits.keras'), '-o', out, '--json'));
    expect(variant?.validation).toMatchObject({ status: 'passed', original: { reading: true } });
    const told = await cli('validate', join(digits, 'digits.keras'), out, '--data', join(digits, 'test.npz'));
    expect(told.status).toBe(0);
    expect(told.output).toContain('The original: our reading of the Keras file, executed by TensorFlow');
    expect(told.output).toMatch(/^Right on TFLite 2\.21/m);
    expect(told.output).toMatch(/^Accuracy: .* before, .* after, on \d+ samples/m);
    for (const stage of ['original → float32', 'float32 → variant', 'original → variant'])
      expect(told.output).toContain(stage);
  });

  it('makes a stored variant again, byte by byte, and loses no validation on the way', async () => {
    const folder = temporaryFolder();
    const cli = cliIn(join(folder, 'data'));
    const [first, again] = [join(folder, 'first.tflite'), join(folder, 'again.tflite')];
    const model = join(digits, 'saved_model');
    const how = [
      '--recipe',
      'int8',
      '--keep-float',
      'conv*',
      '--calibration',
      join(digits, 'calibration.npz'),
    ];
    const [made] = variantsOf(await cli('convert', model, ...how, '-o', first, '--json'));
    expect(made?.making?.recipe.overrides).toEqual([{ name: 'conv*', precision: 'float32' }]);
    const id = hashOf(first).slice(0, 12);
    const [same] = variantsOf(
      await cli('convert', model, '--again', id, '--no-validate', '-o', again, '--json'),
    );
    expect(hashOf(again)).toBe(hashOf(first));
    expect(same?.validation).toEqual(made?.validation);
    const unknown = await cli('convert', model, '--again', 'ffffffff', '-o', again);
    expect(unknown).toMatchObject({ status: 2 });
    expect(unknown.errors).toContain("There is no stored variant 'ffffffff'");
  });

  it('marks what fails by the marks, and measures it only when told to', async () => {
    const folder = temporaryFolder();
    const dataDir = join(folder, 'data');
    mkdirSync(dataDir);
    // No variant can reach this.
    writeFileSync(join(dataDir, 'marks.json'), JSON.stringify({ minCosine: 1.5 }));
    const cli = cliIn(dataDir);
    const model = join(digits, 'saved_model');
    const out = join(folder, 'digits.tflite');
    const converted = await cli('convert', model, '-o', out);
    expect(converted).toMatchObject({ status: 0 });
    expect(converted.output).toContain('FAILED');
    const validated = await cli('validate', model, out, '--json');
    expect(validated.status).toBe(1);
    expect(JSON.parse(validated.output) as ValidationReport).toMatchObject({
      status: 'failed',
      marks: { minCosine: 1.5 },
    });

    const bench = ['bench', model, '-d', 'this-computer', '--profile', 'quick'];
    const refused = await cli(...bench);
    expect(refused.status).toBe(1);
    expect(refused.errors).toContain('--allow-failed-validation');
    const measured = await cli(...bench, '--allow-failed-validation', '--json');
    expect(measured).toMatchObject({ status: 0 });
    const { runs } = JSON.parse(measured.output) as { runs: RunSummary[] };
    expect(runs).toMatchObject([{ validation: 'failed', status: 'completed' }]);
    expect((await cli('history')).output).toContain('FAILED validation');
    const archive = join(folder, 'runs.csv');
    await cli('history', '--export', archive, '--format', 'csv');
    expect(readFileSync(archive, 'utf8').split('\r\n')[1]).toContain(',completed,failed,');
  });
});

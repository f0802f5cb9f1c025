import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readArrays } from '@main/services/data';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appRoot, prepareRunner } from '../support/runner';

const missing = prepareRunner();
const digits = join(appRoot, 'resources/samples/digits');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'edgebench-cli-'));
  // `npm test` has built it; by itself this spec builds what is there.
  if (!existsSync(join(appRoot, 'out/main/cli.js'))) {
    const built = spawnSync(process.execPath, ['node_modules/electron-vite/bin/electron-vite.js', 'build'], {
      cwd: appRoot,
      encoding: 'utf8',
    });
    if (built.status !== 0) throw new Error(built.stderr);
  }
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The program as a user starts it. */
function edgebench(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [join(appRoot, 'build/edgebench.mjs'), ...args], {
    encoding: 'utf8',
    env: { ...process.env, EDGEBENCH_DATA_DIR: join(folder, 'data') },
    timeout: 120_000,
  });
}

/** One clear sentence and nothing of the program's inside. */
function expectPlainFailure(result: ReturnType<typeof edgebench>, status: number): void {
  expect(result.status).toBe(status);
  expect(result.stdout).toBe('');
  expect(result.stderr.trim()).not.toBe('');
  expect(result.stderr).not.toMatch(/\n\s+at |node:internal|\.js:\d+/);
}

describe('the command line', () => {
  it('lists its commands', () => {
    const { status, stdout } = edgebench('--help');
    expect(status).toBe(0);
    for (const command of [
      'convert',
      'validate',
      'run',
      'devices',
      'bench',
      'cloud',
      'compare',
      'gate',
      'history',
      'serve',
      'demo',
      'doctor',
    ])
      expect(stdout).toMatch(new RegExp(`^ {2}${command}\\b`, 'm'));
  });

  it.each([
    ['no such command', ['fly']],
    ['a missing option', ['run', 'model.tflite']],
    ['a wrong profile', ['bench', digits, '--profile', 'forever']],
    ['a wrong shape', ['convert', digits, '--out', 'x', '--shape', 'image=a,b']],
    ['an unknown recipe', ['convert', join(digits, 'saved_model'), '--recipe', 'int3', '--out', 'x']],
  ])('ends with 2 on wrong use: %s', (_what, args) => {
    const result = edgebench(...args);
    expectPlainFailure(result, 2);
    expect(result.stdout).toBe('');
  });

  it('ends with 1 and a reason on input that cannot be used', () => {
    const text = join(folder, 'notes.txt');
    writeFileSync(text, 'not a model at all');
    const cut = join(folder, 'cut.keras');
    writeFileSync(cut, readFileSync(join(digits, 'digits.keras')).subarray(0, 20_000));
    for (const path of [text, cut, join(folder, 'nothing-here')]) {
      const result = edgebench('convert', path, '--out', join(folder, 'never.tflite'));
      expectPlainFailure(result, 1);
      expect(result.stderr).toContain(path);
    }
    expect(existsSync(join(folder, 'never.tflite'))).toBe(false);
    expectPlainFailure(edgebench('compare', 'aaaa', 'bbbb'), 1);
    expectPlainFailure(edgebench('history', '--export', join(folder, 'x.json')), 1);
  });

  it.skipIf(missing)('prints exactly one JSON object with --json, and nothing else there', () => {
    const out = join(folder, 'digits.tflite');
    const { status, stdout, stderr } = edgebench(
      'convert',
      join(digits, 'saved_model'),
      '--out',
      out,
      '--json',
      '--no-validate',
    );
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ files: [out], variants: [{ recipe: 'float32' }] });
    expect(stdout.trim().split('\n')).toHaveLength(1);
    expect(stderr).not.toContain('\u001B');
  });

  it.skipIf(missing)('runs a file over arrays named as in its signature', async () => {
    const out = join(folder, 'digits.tflite');
    const outputs = join(folder, 'outputs.npz');
    const { status } = edgebench('run', out, '--inputs', join(digits, 'test.npz'), '--outputs', outputs);
    expect(status).toBe(0);
    const [probabilities] = Object.values(await readArrays(outputs));
    const { labels } = await readArrays(join(digits, 'test.npz'));
    const right = Array.from(labels?.data ?? [], Number).filter((label, i) => {
      const scores = Array.from(probabilities?.data.subarray(i * 10, i * 10 + 10) ?? [], Number);
      return scores.indexOf(Math.max(...scores)) === label;
    });
    expect(right.length / (labels?.data.length ?? 1)).toBeGreaterThan(0.95);
    expectPlainFailure(
      edgebench('run', out, '--inputs', join(digits, 'missing.npz'), '--outputs', outputs),
      1,
    );
  });

  it('gives the same bytes in another time zone and locale', () => {
    const bytes = ['UTC', 'Pacific/Kiritimati'].map((zone, i) => {
      const out = join(folder, `zone-${i}.tflite`);
      const result = spawnSync(
        process.execPath,
        [
          join(appRoot, 'build/edgebench.mjs'),
          'convert',
          join(digits, 'saved_model'),
          '--recipe',
          'float16',
          '--out',
          out,
          '--no-validate',
        ],
        {
          encoding: 'utf8',
          env: {
            ...process.env,
            EDGEBENCH_DATA_DIR: join(folder, `data-${i}`),
            TZ: zone,
            LANG: i === 0 ? 'C' : 'tr_TR.UTF-8',
            LC_ALL: i === 0 ? 'C' : 'tr_TR.UTF-8',
          },
        },
      );
      expect({ status: result.status, errors: result.status === 0 ? '' : result.stderr }).toEqual({
        status: 0,
        errors: '',
      });
      return readFileSync(out).toString('base64');
    });
    expect(bytes[0]).toBe(bytes[1]);
  });
});

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { TfjsNodeRuntime } from '@main/platform/tfjs-node/original-runtime';
import type { WorkerLauncher } from '@main/ports/worker';
import type { SourceFormat } from '@shared/model/source-format';
import { Golden, goldenFolder, maxAbsDifference } from '@test/support/golden';
import { appRoot } from '@test/support/runner';
import { temporaryFolder } from '@test/support/temporary-folder';
import { testLauncher } from '@test/support/worker-bundle';

const none: WorkerLauncher = {
  start() {
    throw new Error('not before the worker is built');
  },
};
const missing =
  (await new TfjsNodeRuntime(none, appRoot).unavailable()) ??
  (goldenFolder ? undefined : 'no golden models beside this checkout');

/** [folder, format, the source's folder or file]. */
const SOURCES: [string, SourceFormat, string][] = [
  ['digits_cnn', 'saved-model', 'saved_model'],
  ['digits_cnn', 'tfjs-graph', 'tfjs_graph'],
  ['digits_cnn', 'tfjs-layers', 'tfjs_layers'],
  ['op_zoo/control_flow', 'saved-model', 'saved_model'],
  ['op_zoo/multi_input', 'saved-model', 'saved_model'],
  ['op_zoo/int_math', 'saved-model', 'saved_model'],
];

describe.skipIf(missing)(`originals through tfjs-node${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let runtime: TfjsNodeRuntime;
  beforeAll(async () => {
    runtime = new TfjsNodeRuntime(await testLauncher(), appRoot);
  });

  for (const [folder, format, source] of SOURCES)
    it(`answers as the original did: ${folder}/${source}`, async () => {
      const golden = new Golden(folder);
      const { inputs, outputs } = golden.doc.signatures['serving_default']!.golden;
      const result = await runtime.run({
        modelPath: golden.path(source),
        format,
        inputs: golden.tensors(inputs),
      });
      expect(result.framework).toMatch(/^TensorFlow \d+\.\d+/);
      const expected = golden.tensors(outputs);
      expect(Object.keys(result.outputs).sort()).toEqual(Object.keys(expected).sort());
      for (const [name, tensor] of Object.entries(expected))
        expect(maxAbsDifference(result.outputs[name]!, tensor)).toBeLessThanOrEqual(1e-5);
    });

  it('names the signatures there are when another is asked for', async () => {
    const golden = new Golden('op_zoo/two_signatures');
    await expect(
      runtime.run({
        modelPath: golden.path('saved_model'),
        format: 'saved-model',
        signature: 'nope',
        inputs: {},
      }),
    ).rejects.toMatchObject({ code: 'model.unsupported' });
  });

  it('does not follow a weight file out of the model folder', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'model'));
    writeFileSync(join(folder, 'canary.bin'), 'secret');
    const weightsManifest = [{ paths: ['../canary.bin'], weights: [] }];
    writeFileSync(
      join(folder, 'model', 'model.json'),
      JSON.stringify({ modelTopology: {}, weightsManifest }),
    );
    await expect(
      runtime.run({ modelPath: join(folder, 'model'), format: 'tfjs-graph', inputs: {} }),
    ).rejects.toMatchObject({ code: 'model.unreadable' });
  });
});

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { TfliteNodeRuntime } from '@main/platform/tflite-node/tflite-node-runtime';
import type { WorkerLauncher } from '@main/ports/worker';
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
  (await new TfliteNodeRuntime(none, appRoot).unavailable()) ??
  (goldenFolder ? undefined : 'no golden models beside this checkout');

/** Recorded runs of the reference files with the built-in kernels: [folder, mode, greatest difference of raw values]. */
const RECORDED: [string, string, number][] = [
  ['digits_cnn', 'float32', 1e-5],
  ['digits_cnn', 'float16', 1e-5],
  ['mobilenet_v2_0.35_96', 'float32', 1e-4],
  ['op_zoo/conv2d', 'int8', 1],
  ['op_zoo/int_math', 'float32', 0],
  ['op_zoo/multi_output', 'float32', 1e-5],
  ['op_zoo/static_batch', 'float32', 1e-4],
  ['op_zoo/upsampling', 'float32', 1e-4],
];

describe.skipIf(missing)(
  `TFLite 2.9 through tfjs-tflite-node${missing ? ` (skipped: ${missing})` : ''}`,
  () => {
    let runtime: TfliteNodeRuntime;
    let launcher: WorkerLauncher;
    beforeAll(async () => {
      launcher = await testLauncher();
      runtime = new TfliteNodeRuntime(launcher, appRoot);
    });

    for (const [folder, mode, tolerance] of RECORDED)
      it(`answers as recorded: ${folder} ${mode}`, async () => {
        const golden = new Golden(folder);
        const reference = golden.doc.reference[mode]!;
        const recorded = reference.run.signatures['serving_default']!;
        const result = await runtime.run({
          modelPath: golden.path(reference.file),
          inputs: golden.tensors(recorded.inputs),
          xnnpack: false,
        });
        const outputs = golden.tensors(recorded.outputs);
        expect(Object.keys(result.outputs).sort()).toEqual(Object.keys(outputs).sort());
        for (const [name, tensor] of Object.entries(outputs))
          expect(maxAbsDifference(result.outputs[name]!, tensor)).toBeLessThanOrEqual(tolerance);
      });

    it('runs each signature by its own key, and graphs that XNNPACK refuses', async () => {
      const golden = new Golden('op_zoo/two_signatures');
      const reference = golden.doc.reference['float32']!;
      for (const [key, recorded] of Object.entries(reference.run.signatures)) {
        const result = await runtime.run({
          modelPath: golden.path(reference.file),
          signature: key,
          inputs: golden.tensors(recorded.inputs),
          xnnpack: true,
        });
        for (const [name, tensor] of Object.entries(golden.tensors(recorded.outputs)))
          expect(maxAbsDifference(result.outputs[name]!, tensor)).toBeLessThan(1e-4);
      }
    });

    it('says what is wrong with a damaged file and an unknown signature', async () => {
      const golden = new Golden('digits_cnn');
      const reference = golden.doc.reference['float32']!;
      const inputs = golden.tensors(reference.run.signatures['serving_default']!.inputs);
      const damaged = join(temporaryFolder(), 'damaged.tflite');
      writeFileSync(damaged, 'TFL3'.repeat(50));
      await expect(runtime.run({ modelPath: damaged, inputs })).rejects.toMatchObject({
        code: 'model.unreadable',
      });
      await expect(
        runtime.run({ modelPath: golden.path(reference.file), inputs, signature: 'nope' }),
      ).rejects.toThrow(/no signature 'nope'/);
    });

    it('turns a worker that is killed into an error that says so', async () => {
      const golden = new Golden('digits_cnn');
      const reference = golden.doc.reference['float32']!;
      const inputs = golden.tensors(reference.run.signatures['serving_default']!.inputs);
      const deadly: WorkerLauncher = {
        start(kind, events) {
          const worker = launcher.start(kind, events);
          setImmediate(() => worker.kill());
          return worker;
        },
      };
      await expect(
        new TfliteNodeRuntime(deadly, appRoot).run({ modelPath: golden.path(reference.file), inputs }),
      ).rejects.toMatchObject({
        code: 'runtime.failed',
        message: expect.stringContaining('SIGKILL') as string,
      });
    });
  },
);

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RunnerParts } from '@main/platform/tflite-runner/parts';
import { TfliteRunnerRuntime } from '@main/platform/tflite-runner/tflite-runtime';
import { Golden, goldenFolder, maxAbsDifference } from '@test/support/golden';
import { appRoot, prepareRunner } from '@test/support/runner';
import { temporaryFolder } from '@test/support/temporary-folder';

const missing = prepareRunner() ?? (goldenFolder ? undefined : 'no golden models beside this checkout');
const runtime = new TfliteRunnerRuntime(new RunnerParts(appRoot));

/** Recorded runs of the reference files with the built-in kernels: [folder, mode, greatest difference of raw values]. */
const RECORDED: [string, string, number][] = [
  ['digits_cnn', 'float32', 1e-5],
  ['digits_cnn', 'float16', 1e-5],
  ['digits_cnn', 'dynamic', 1e-5],
  ['digits_cnn', 'int8', 1],
  ['mobilenet_v2_0.35_96', 'float32', 1e-4],
  ['mobilenet_v1_0.25_128', 'int8', 1],
];

describe.skipIf(missing)(
  `TensorFlow Lite 2.21 through the runner${missing ? ` (skipped: ${missing})` : ''}`,
  () => {
    for (const [folder, mode, tolerance] of RECORDED)
      it(`answers as recorded: ${folder} ${mode}`, async () => {
        const golden = new Golden(folder);
        const reference = golden.doc.reference[mode];
        const recorded = reference?.run.signatures['serving_default'];
        if (!reference || !recorded) throw new Error('the golden document has no such run');
        const outputs = golden.tensors(recorded.outputs);
        const result = await runtime.run({
          modelPath: golden.path(reference.file),
          signature: 'serving_default',
          inputs: golden.tensors(recorded.inputs),
          xnnpack: false,
        });
        expect(result.runtimeVersion).toBe('2.21.0');
        expect(Object.keys(result.outputs).sort()).toEqual(Object.keys(outputs).sort());
        for (const [name, tensor] of Object.entries(outputs))
          expect(maxAbsDifference(result.outputs[name]!, tensor)).toBeLessThanOrEqual(tolerance);
      });

    it('runs each signature by its own key', async () => {
      const golden = new Golden('op_zoo/two_signatures');
      const reference = golden.doc.reference['float32']!;
      const keys = Object.keys(reference.run.signatures);
      expect(keys.length).toBeGreaterThan(1);
      for (const key of keys) {
        const recorded = reference.run.signatures[key]!;
        const result = await runtime.run({
          modelPath: golden.path(reference.file),
          signature: key,
          inputs: golden.tensors(recorded.inputs),
        });
        for (const [name, tensor] of Object.entries(golden.tensors(recorded.outputs)))
          expect(maxAbsDifference(result.outputs[name]!, tensor)).toBeLessThan(1e-4);
      }
    });

    it('says what is wrong with a damaged file, an unknown signature and an input of the wrong name', async () => {
      const golden = new Golden('digits_cnn');
      const recorded = golden.doc.reference['float32']!.run.signatures['serving_default']!;
      const inputs = golden.tensors(recorded.inputs);
      const modelPath = golden.path(golden.doc.reference['float32']!.file);
      const damaged = join(temporaryFolder(), 'damaged.tflite');
      writeFileSync(damaged, 'TFL3'.repeat(50));
      await expect(runtime.run({ modelPath: damaged, inputs })).rejects.toMatchObject({
        code: 'runtime.failed',
      });
      await expect(runtime.run({ modelPath, inputs, signature: 'nope' })).rejects.toThrow(/no signature/);
      const [tensor] = Object.values(inputs);
      await expect(runtime.run({ modelPath, inputs: { nope: tensor! } })).rejects.toThrow(
        /no input named nope/,
      );
    });

    it('ends within moments of being cancelled', async () => {
      const golden = new Golden('mobilenet_v2_0.35_96');
      const reference = golden.doc.reference['float32']!;
      const recorded = reference.run.signatures['serving_default']!;
      const [[name, one]] = Object.entries(golden.tensors(recorded.inputs)) as [[string, never]];
      const { dtype, shape } = one as { dtype: 'float32'; shape: number[] };
      const many = { dtype, shape: [400, ...shape.slice(1)], data: new Float32Array(400 * 96 * 96 * 3) };
      const controller = new AbortController();
      const running = runtime.run(
        { modelPath: golden.path(reference.file), inputs: { [name]: many }, xnnpack: false },
        controller.signal,
      );
      setTimeout(() => controller.abort(), 100);
      await expect(running).rejects.toMatchObject({ name: 'AbortError' });
    });
  },
);

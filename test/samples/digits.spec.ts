import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { nodeModelFiles } from '@main/platform/node/model-files';
import { TfjsNodeRuntime } from '@main/platform/tfjs-node/original-runtime';
import { RunnerParts } from '@main/platform/tflite-runner/parts';
import { TfliteRunnerRuntime } from '@main/platform/tflite-runner/tflite-runtime';
import type { WorkerLauncher } from '@main/ports/worker';
import { convertModel, writeModel } from '@main/services/convert';
import { readArrays } from '@main/services/data';
import type { NamedTensors, Tensor } from '@shared/model/tensor';
import { maxAbsDifference } from '@test/support/golden';
import { appRoot, prepareRunner } from '@test/support/runner';
import { temporaryFolder } from '@test/support/temporary-folder';
import { testLauncher } from '@test/support/worker-bundle';
import { accuracyOf } from '../../build/samples/accuracy';
import { drawPictures } from '../../build/samples/draw';
import { seededRandom } from '../../build/samples/random';

const folder = join(appRoot, 'resources', 'samples', 'digits');
const none: WorkerLauncher = {
  start() {
    throw new Error('not before the worker is built');
  },
};
const noOriginal = await new TfjsNodeRuntime(none, appRoot).unavailable();
const noRunner = prepareRunner();

/** The pictures as samples of whole inputs [400, 1, 8, 8, 1], and their labels. */
async function testSet(): Promise<{ image: Tensor; labels: Int32Array }> {
  const { image, labels } = (await readArrays(join(folder, 'test.npz'))) as Record<
    'image' | 'labels',
    Tensor
  >;
  return { image: { ...image, shape: [400, 1, 8, 8, 1] }, labels: labels.data as Int32Array };
}

const told = Number(/\*\*([\d.]+) %\*\*/.exec(readFileSync(join(folder, 'README.md'), 'utf8'))?.[1]) / 100;
const only = (tensors: NamedTensors): Tensor => Object.values(tensors)[0] as Tensor;

describe('the bundled digits model', () => {
  it('comes with the pictures that its script draws', async () => {
    const { image, labels } = await testSet();
    const drawn = drawPictures(400, seededRandom(2));
    expect([...labels]).toEqual([...drawn.labels]);
    expect(image.data).toEqual(drawn.pixels);
  });

  describe.skipIf(noOriginal)(`in TensorFlow${noOriginal ? ` (skipped: ${noOriginal})` : ''}`, () => {
    let runtime: TfjsNodeRuntime;
    beforeAll(async () => {
      runtime = new TfjsNodeRuntime(await testLauncher(), appRoot);
    });

    it('has the accuracy that its README tells, as SavedModel and as TF.js model alike', async () => {
      const { image, labels } = await testSet();
      const saved = { modelPath: join(folder, 'saved_model'), format: 'saved-model' } as const;
      const tfjs = { modelPath: join(folder, 'tfjs'), format: 'tfjs-layers' } as const;
      const [left, right] = await Promise.all([
        runtime.run({ ...saved, inputs: { image } }),
        runtime.run({ ...tfjs, inputs: { image } }),
      ]);
      expect(accuracyOf(only(left.outputs).data as Float32Array, labels)).toBe(told);
      expect(maxAbsDifference(only(left.outputs), only(right.outputs))).toBeLessThan(1e-5);
    });
  });

  describe.skipIf(noRunner)(`converted${noRunner ? ` (skipped: ${noRunner})` : ''}`, () => {
    const runtime = new TfliteRunnerRuntime(new RunnerParts(appRoot));

    it.each(['saved_model', 'digits.keras', 'tfjs'])('is as accurate from %s', async (source) => {
      const opened = await convertModel({ path: join(folder, source) }, nodeModelFiles);
      const modelPath = join(temporaryFolder(), 'digits.tflite');
      await writeModel(opened.model, modelPath);
      opened.close();
      const { image, labels } = await testSet();
      const name = opened.model.signatures[0]?.inputs[0]?.name ?? '';
      const { outputs } = await runtime.run({ modelPath, inputs: { [name]: image } });
      expect(accuracyOf(only(outputs).data as Float32Array, labels)).toBe(told);
    });
  });
});

import { describe, expect, it } from 'vitest';
import { goldenFolder, goldenModels, type Golden } from '../support/golden';
import { prepareRunner } from '../support/runner';
import { temporaryFolder } from '../support/temporary-folder';
import { quantizeGolden, realOutputs, shippedRecipe } from './quantized';

const missing = goldenFolder === undefined ? 'no golden models beside this checkout' : prepareRunner();
const [golden] = goldenModels().filter(({ doc }) => doc.name === 'digits_cnn');
/** Half a point. */
const MAX_DROP = 0.005;

interface TestData {
  readonly scale: number;
  readonly offset: number;
  readonly original_accuracy: number;
  readonly images: Parameters<Golden['tensor']>[0];
  readonly labels: Parameters<Golden['tensor']>[0];
}

describe.skipIf(missing !== undefined || !golden)('accuracy of the trained digits model', () => {
  it.each(['float16', 'dynamic', 'int8', 'int16x8'])('%s', async (mode) => {
    if (!golden) throw new Error('no digits_cnn');
    const { test, reference } = golden.doc as unknown as {
      test: TestData;
      reference: Record<string, { test: { accuracy: number } }>;
    };
    const made = await quantizeGolden(golden, shippedRecipe(mode), temporaryFolder());
    const images = golden.tensor(test.images);
    const [count = 0, ...shape] = images.shape;
    const data = Float32Array.from(images.data as Uint8Array, (x) => x * test.scale + test.offset);
    const outputs = await realOutputs(made.path, made.model, golden, 'serving_default', {
      image: { dtype: 'float32', shape: [count, 1, ...shape], data },
    });
    const scores = Object.values(outputs)[0] ?? new Float64Array();
    const classes = scores.length / count;
    const labels = golden.tensor(test.labels).data as Uint8Array;
    const right = labels.reduce((sum, label, i) => {
      const own = scores.subarray(i * classes, (i + 1) * classes);
      return sum + (own.indexOf(Math.max(...own)) === label ? 1 : 0);
    }, 0);
    const accuracy = right / count;
    expect(accuracy).toBeGreaterThanOrEqual(test.original_accuracy - MAX_DROP);
    expect(accuracy).toBeGreaterThanOrEqual((reference[mode]?.test.accuracy ?? 1) - MAX_DROP);
  });
});

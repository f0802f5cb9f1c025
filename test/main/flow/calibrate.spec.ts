import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { calibrate } from '@main/flow/calibrate';
import { RunnerParts } from '@main/platform/tflite-runner/parts';
import { RunnerRangeCollector } from '@main/platform/tflite-runner/range-collector';
import { writeModel } from '@main/services/convert';
import { encodeNpy } from '@main/services/data/npy';
import { quantizeModel } from '@main/services/quantize';
import type { Recipe } from '@shared/model/recipe';
import { describe, expect, it } from 'vitest';
import { appRoot, prepareRunner } from '../../support/runner';
import { temporaryFolder } from '../../support/temporary-folder';
import { TinyGraph } from '../../support/tiny-graph';
import { modelOf, outputsOf, recipe } from '../services/quantize/tiny-quantized';

const missing = prepareRunner();
const PLAIN = { fused_activation_function: 0, pot_scale_int16: true };
const POOL = {
  padding: 1,
  stride_w: 2,
  stride_h: 2,
  filter_width: 2,
  filter_height: 2,
  fused_activation_function: 0,
};

/** Calibrates a graph of one input on one sample. */
async function calibrated(
  g: TinyGraph,
  values: readonly number[],
  recipes: readonly Recipe[] = [recipe({})],
) {
  const folder = temporaryFolder();
  const model = modelOf(g.graph);
  const path = join(folder, 'float.tflite');
  const { tensors } = await writeModel(model, path);
  const shape = model.signatures[0]?.inputs[0]?.value.shape ?? [];
  const data = join(folder, 'data.npy');
  const samples = values.length / shape.reduce((a, b) => a * b, 1);
  writeFileSync(
    data,
    encodeNpy({ dtype: 'float32', shape: [samples, ...shape], data: Float32Array.from(values) }),
  );
  const { ranges, notes } = await calibrate(
    { model, path, tensors, recipes, data },
    new RunnerRangeCollector(new RunnerParts(appRoot), 2),
    () => undefined,
    undefined,
  );
  return { model, ranges, notes };
}

describe.skipIf(missing)(`calibration${missing ? ` (skipped: ${missing})` : ''}`, () => {
  it('names the tensor that became NaN or infinite', async () => {
    const g = new TinyGraph();
    const root = g.op('SQRT', {}, g.input(1, 4));
    g.returns(g.op('ADD', PLAIN, root, g.weights(4)));
    await expect(calibrated(g, [1, 4, -1, 9])).rejects.toThrow(
      /^Tensor 'sqrt' became NaN or infinite 1 times/,
    );
    const h = new TinyGraph();
    h.returns(h.op('MUL', PLAIN, h.input(1, 2), h.floats([1, Infinity])));
    await expect(calibrated(h, [1, 4])).rejects.toThrow(/^Tensor 'mul' became NaN or infinite 1 times/);
  });

  it('takes padding with minus infinity in front of a maximum for what it is', async () => {
    const g = new TinyGraph();
    const x = g.input(1, 4, 4, 1);
    const padded = g.op('PADV2', {}, x, g.ints([0, 0, 1, 1, 1, 1, 0, 0], [4, 2]), g.scalar(-Infinity));
    const pooled = g.op('MAX_POOL_2D', POOL, padded);
    g.returns(g.op('ADD', PLAIN, pooled, g.floats([-1])));
    const values = Array.from({ length: 16 }, (_, i) => i / 10 - 1);
    for (const precision of ['int8', 'int16x8'] as const) {
      const wanted = recipe({ precision });
      const { model, ranges } = await calibrated(g, values, [wanted]);
      const range = ranges.get(wanted)?.get(padded);
      expect(range?.min).toBe(-1);
      expect(range?.max).toBeCloseTo(0.5, 6);
      const [expected = []] = await outputsOf(model, values);
      const made = quantizeModel(model, wanted, (value) => ranges.get(wanted)?.get(value));
      const [outputs = []] = await outputsOf(made.model, values);
      for (const [i, y] of outputs.entries()) expect(Math.abs(y - (expected[i] ?? NaN))).toBeLessThan(0.03);
    }
  });

  it('gives each recipe the samples that it asks for, whatever others ask for', async () => {
    const g = new TinyGraph();
    const sum = g.op('ADD', PLAIN, g.input(1, 2), g.floats([0, 0]));
    g.returns(sum);
    const [few, many] = [1, 3].map((maxSamples) => recipe({ calibration: { maxSamples } })) as [
      Recipe,
      Recipe,
    ];
    const { ranges, notes } = await calibrated(g, [1, 2, 3, 4, -5, 6], [few, many]);
    expect(ranges.get(few)?.get(sum)).toMatchObject({ min: 1, max: 2 });
    expect(ranges.get(many)?.get(sum)).toMatchObject({ min: -5, max: 6 });
    expect(notes.join()).toMatch(/Calibrated on .*data\.npy/);
  });
});

import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RunnerParts } from '@main/platform/tflite-runner/parts';
import { TfliteRunnerRuntime } from '@main/platform/tflite-runner/tflite-runtime';
import { writeModel } from '@main/services/convert';
import type { Value } from '@main/services/convert/graph/ir';
import { appRoot, prepareRunner } from '@test/support/runner';
import { temporaryFolder } from '@test/support/temporary-folder';
import { attr, oneSample, TinyLowering } from '@test/support/tiny-lowering';

const missing = prepareRunner();
const runtime = new TfliteRunnerRuntime(new RunnerParts(appRoot));

/** Runs what `build` makes of an input whose dimensions are all known only at run time. */
async function run(
  shape: readonly number[],
  values: readonly number[],
  build: (g: TinyLowering, x: Value) => readonly Value[],
): Promise<(readonly number[])[]> {
  const g = new TinyLowering();
  const x = g.input('float32', ...shape.map(() => -1));
  const outputs = build(g, x);
  const modelPath = join(temporaryFolder(), 'model.tflite');
  await writeModel(g.model(outputs), modelPath);
  const result = await runtime.run({
    modelPath,
    inputs: { x0: oneSample('float32', shape, Float32Array.from(values)) },
    xnnpack: false,
  });
  return outputs.map((_, i) =>
    Array.from((result.outputs[`y${i}`]?.data ?? []) as ArrayLike<number>, Number),
  );
}

describe.skipIf(missing)(`sizes known only at run time${missing ? ` (skipped: ${missing})` : ''}`, () => {
  it('cuts bands out of matrices', async () => {
    const values = [1, 2, 3, 4, 5, 6];
    const band = (g: TinyLowering, x: Value, lower: number, upper: number): Value =>
      g.node('MatrixBandPart', [x, g.ints([lower], []), g.ints([upper], [])]);
    expect(
      await run([2, 3], values, (g, x) => [band(g, x, -1, 0), band(g, x, 0, -1), band(g, x, 0, 1)]),
    ).toEqual([
      [1, 0, 0, 4, 5, 0],
      [1, 2, 3, 0, 5, 6],
      [1, 2, 0, 0, 5, 6],
    ]);
  });

  it('transforms frames', async () => {
    const [spectrum] = await run([2, 4], [1, 1, 1, 1, 1, 0, -1, 0], (g, x) => [
      g.node('ComplexAbs', [g.node('RFFT', [x, g.ints([4])])]),
    ]);
    expect(spectrum?.map((value) => Math.round(value * 1e5) / 1e5)).toEqual([4, 0, 0, 0, 2, 0]);
  });

  it('makes lists of as many elements as an input has', async () => {
    const lists = await run([3], [7, 8, 9], (g, x) => {
      const count = g.node('Size', [x]);
      const attrs = { element_dtype: attr.dtype('float32') };
      const list = g.node('TensorListReserve', [g.ints([2]), count], attrs);
      const filled = g.node('TensorListSetItem', [list, g.ints([1], []), g.floats([5, 6])], attrs);
      return [g.node('TensorListStack', [filled, g.ints([2])])];
    });
    expect(lists).toEqual([[0, 0, 5, 6, 0, 0]]);
  });

  it('lets a list grow where it is written beyond its end', async () => {
    const lists = await run([2], [7, 8], (g, x) => {
      const attrs = {
        element_dtype: attr.dtype('float32'),
        resize_if_index_out_of_bounds: attr.bool(true),
      };
      let list = g.node('TensorListReserve', [g.ints([2]), g.ints([0], [])], attrs);
      for (const index of [0, 2, 0])
        list = g.node('TensorListSetItem', [list, g.ints([index], []), x], attrs);
      return [g.node('TensorListStack', [list, g.ints([2])]), g.node('TensorListLength', [list])];
    });
    expect(lists).toEqual([[7, 8, 0, 0, 7, 8], [3]]);
  });

  it('counts numbers, with weights and without', async () => {
    const type = { T: attr.dtype('float32') };
    const counts = await run([5], [1, 3, 1, 0, 9], (g, x) => {
      const numbers = g.node('Cast', [x], { DstT: attr.dtype('int32') });
      const count = (weights: Value, attrs = {}): Value =>
        g.node('DenseBincount', [numbers, g.ints([4], []), weights], { ...type, ...attrs });
      return [
        count(g.floats([])),
        count(g.floats([]), { binary_output: attr.bool(true) }),
        count(g.floats([0.5, 1, 0.25, 2, 8])),
      ];
    });
    expect(counts).toEqual([
      [1, 2, 0, 1],
      [1, 1, 0, 1],
      [2, 0.75, 0, 1],
    ]);
  });

  it('reads bytes as elements of another size', async () => {
    const [bytes, numbers] = await run([2], [1, -2], (g, x) => {
      const parts = g.node('Bitcast', [x], { type: attr.dtype('uint8') });
      return [parts, g.node('Bitcast', [parts], { type: attr.dtype('float32') })];
    });
    expect(bytes).toEqual([0, 0, 128, 63, 0, 0, 0, 192]);
    expect(numbers).toEqual([1, -2]);
  });
});

import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RunnerParts } from '@main/platform/tflite-runner/parts';
import { TfliteRunnerRuntime } from '@main/platform/tflite-runner/tflite-runtime';
import { writeModel } from '@main/services/convert';
import type { Value } from '@main/services/convert/graph/ir';
import type { SourceAttr } from '@main/services/convert/source';
import type { DType } from '@shared/model/dtype';
import type { Tensor } from '@shared/model/tensor';
import { appRoot, prepareRunner } from '@test/support/runner';
import { temporaryFolder } from '@test/support/temporary-folder';
import { arrayOf, attr, numbersOf, oneSample, TinyLowering } from '@test/support/tiny-lowering';

const missing = prepareRunner();
const runtime = new TfliteRunnerRuntime(new RunnerParts(appRoot));

interface Operand {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly values: readonly number[];
  /** Axes, shapes and the like, which are constants in every model. */
  readonly fixed?: boolean;
}

interface Case {
  readonly op: string;
  readonly operands: readonly Operand[];
  readonly attrs?: Readonly<Record<string, SourceAttr>>;
  /** The first output by hand; the folding kernels' result is expected when left out. */
  readonly expected?: readonly number[];
}

const f = (values: readonly number[], shape: readonly number[] = [values.length]): Operand => ({
  dtype: 'float32',
  shape,
  values,
});
const i = (values: readonly number[], shape: readonly number[] = [values.length]): Operand => ({
  ...f(values, shape),
  dtype: 'int32',
});
const b = (values: readonly number[], shape?: readonly number[]): Operand => ({
  ...f(values, shape),
  dtype: 'bool',
});
const fixed = (operand: Operand): Operand => ({ ...operand, fixed: true });
const axis = (...values: number[]): Operand => fixed(i(values));
const scalar = (value: number): Operand => fixed(i([value], []));
const count = (size: number): number[] => Array.from({ length: size }, (_, k) => k + 1);

/** Begin, end and stride within and around a small dimension. */
const bounds = fc.tuple(
  fc.integer({ min: -6, max: 6 }),
  fc.integer({ min: -6, max: 6 }),
  fc.constantFrom(-2, -1, 1, 2, 3),
);

const valueOf = (g: TinyLowering, { dtype, shape, values, fixed }: Operand, asInput: boolean): Value =>
  asInput && fixed !== true ? g.input(dtype, ...shape) : g.constant(dtype, values, shape);

/** What folding makes of the case when all of its operands are constants. */
const folded = ({ op, operands, attrs }: Case): readonly number[] => {
  const g = new TinyLowering();
  return numbersOf(
    g.node(
      op,
      operands.map((operand) => valueOf(g, operand, false)),
      attrs,
    ),
  );
};

/** What the runtime makes of the cases, all in one model. */
const computed = async (cases: readonly Case[]): Promise<number[][]> => {
  const g = new TinyLowering();
  const inputs: Operand[] = [];
  const outputs = cases.map(({ op, operands, attrs }) => {
    inputs.push(...operands.filter((operand) => operand.fixed !== true));
    return g.node(
      op,
      operands.map((operand) => valueOf(g, operand, true)),
      attrs,
    );
  });
  const file = join(temporaryFolder(), 'model.tflite');
  await writeModel(g.model(outputs), file);
  const tensors: Record<string, Tensor> = {};
  inputs.forEach(({ dtype, shape, values }, k) => {
    tensors[`x${k}`] = oneSample(dtype, shape, arrayOf(dtype, values));
  });
  const { outputs: results } = await runtime.run({ modelPath: file, inputs: tensors, xnnpack: false });
  return cases.map((_, k) =>
    Array.from((results[`y${k}`]?.data ?? []) as ArrayLike<number | bigint>, Number),
  );
};

/** What the runtime computes otherwise than expected, in words. */
const differences = async (cases: readonly Case[]): Promise<string[]> => {
  const results = await computed(cases);
  return cases.flatMap((each, k) => {
    const expected = each.expected ?? folded(each);
    const actual = results[k] ?? [];
    const close =
      actual.length === expected.length && expected.every((value, at) => isClose(actual[at] ?? NaN, value));
    return close
      ? []
      : [`${each.op} ${JSON.stringify(each.operands)}: ${actual.join()} for ${expected.join()}`];
  });
};

const isClose = (actual: number, expected: number): boolean =>
  Object.is(actual, expected) ||
  actual === expected ||
  Math.abs(actual - expected) <= 2e-5 * Math.max(1, Math.abs(expected));

describe.skipIf(missing)(`operators in TensorFlow Lite${missing ? ` (skipped: ${missing})` : ''}`, () => {
  it('computes what folding does, element by element', async () => {
    const signed = f([-2.5, -1, -0.5, 0, 0.5, 1.5, 2.5, 3]);
    const positive = f([0.25, 0.5, 1, 2, 3, 4, 7, 9]);
    const small = f([-0.9, -0.5, -0.1, 0, 0.1, 0.3, 0.6, 0.9]);
    const whole = i([-7, -3, -1, 0, 1, 2, 5, 9]);
    const divisor = i([2, -2, 3, 5, -4, 2, -3, 4]);
    const long = { ...whole, dtype: 'int64' as const };
    const unary = (operand: Operand, ...ops: string[]): Case[] =>
      ops.map((op) => ({ op, operands: [operand] }));
    const binary = (x: Operand, y: Operand, ...ops: string[]): Case[] =>
      ops.map((op) => ({ op, operands: [x, y] }));
    expect(
      await differences([
        ...unary(
          signed,
          'Abs',
          'Neg',
          'Exp',
          'Square',
          'Sin',
          'Cos',
          'Ceil',
          'Floor',
          'Round',
          'Rint',
          'Sign',
        ),
        ...unary(
          signed,
          'Tan',
          'Sinh',
          'Cosh',
          'Expm1',
          'Asinh',
          'Atan',
          'IsNan',
          'IsFinite',
          'IsInf',
          'ZerosLike',
        ),
        ...unary(positive, 'Log', 'Sqrt', 'Rsqrt', 'Log1p', 'Reciprocal'),
        ...unary(f([1, 1.5, 2, 10]), 'Acosh'),
        ...unary(small, 'Asin', 'Acos', 'Atanh', 'Log1p'),
        ...unary(b([0, 1, 1, 0]), 'LogicalNot'),
        ...unary(whole, 'Abs', 'Neg', 'Sign'),
        ...unary(long, 'Neg'),
        ...binary(
          signed,
          positive,
          'AddV2',
          'Sub',
          'Mul',
          'RealDiv',
          'Maximum',
          'Minimum',
          'SquaredDifference',
        ),
        ...binary(signed, positive, 'FloorDiv', 'FloorMod', 'Mod', 'Atan2', 'DivNoNan', 'Xlogy', 'Xdivy'),
        ...binary(positive, signed, 'Pow', 'DivNoNan', 'MulNoNan', 'FloorMod', 'TruncateMod'),
        ...binary(signed, positive, 'Less', 'LessEqual', 'Greater', 'GreaterEqual', 'Equal', 'NotEqual'),
        ...binary(whole, divisor, 'AddV2', 'Sub', 'Mul', 'Div', 'TruncateDiv', 'FloorDiv', 'FloorMod', 'Mod'),
        ...binary(whole, divisor, 'Maximum', 'Minimum', 'SquaredDifference', 'BitwiseXor', 'Less', 'Equal'),
        ...binary(long, { ...divisor, dtype: 'int64' }, 'AddV2', 'Sub', 'Mul', 'FloorMod', 'Mod', 'Maximum'),
        ...binary(b([0, 0, 1, 1]), b([0, 1, 0, 1]), 'LogicalAnd', 'LogicalOr', 'LogicalXor'),
        { op: 'ClipByValue', operands: [signed, fixed(f([-1], [])), fixed(f([2], []))] },
        { op: 'AddN', operands: [signed, positive, small] },
        { op: 'SelectV2', operands: [b([1, 0], [2, 1]), f([1, 2, 3]), f([-1, -2, -3])] },
      ]),
    ).toEqual([]);
  });

  it('casts as folding does', async () => {
    const cast = (operand: Operand, to: DType): Case => ({
      op: 'Cast',
      operands: [operand],
      attrs: { DstT: attr.dtype(to) },
    });
    expect(
      await differences([
        cast(f([-2.7, -0.5, 0, 0.5, 2.7]), 'int32'),
        cast(f([-2.7, -0.5, 0, 0.5, 2.7]), 'int64'),
        cast(f([-2.7, 0, 0.5]), 'bool'),
        cast(i([-2, 0, 7]), 'float32'),
        cast(i([-2, 0, 7]), 'int64'),
        cast(i([-2, 0, 7]), 'bool'),
        cast({ ...i([-2, 0, 7]), dtype: 'int64' }, 'int32'),
        cast(b([0, 1]), 'float32'),
      ]),
    ).toEqual([]);
  });

  it('reduces as folding does', async () => {
    const x = f([3, -1, 2, 7, 0, -4, 5, 1, 6, -2, 8, 9], [2, 3, 2]);
    const ints = { ...x, dtype: 'int32' as const };
    const flags = b([0, 1, 1, 1, 0, 0, 1, 1, 1, 1, 0, 1], [2, 3, 2]);
    const reduce = (operand: Operand, op: string, axes: Operand, keep = false): Case => ({
      op,
      operands: [operand, axes],
      attrs: { keep_dims: attr.bool(keep) },
    });
    expect(
      await differences([
        ...['Mean', 'Sum', 'Prod', 'Max', 'Min'].flatMap((op) => [
          reduce(x, op, axis(1)),
          reduce(x, op, axis(0, -1), true),
          reduce(x, op, axis(0, 1, 2)),
          reduce(ints, op, axis(-1)),
        ]),
        reduce(flags, 'Any', axis(1)),
        reduce(flags, 'All', axis(0)),
      ]),
    ).toEqual([]);
  });

  it('slices, turns and repeats as folding does', async () => {
    const slices = fc
      .tuple(
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 4 }),
        fc.array(bounds, { minLength: 2, maxLength: 2 }),
        fc.nat(3),
        fc.nat(3),
      )
      .map(([rows, columns, [first, second], beginMask, endMask]): Case => ({
        op: 'StridedSlice',
        operands: [
          f(count(rows * columns), [rows, columns]),
          axis(first?.[0] ?? 0, second?.[0] ?? 0),
          axis(first?.[1] ?? 0, second?.[1] ?? 0),
          axis(first?.[2] ?? 1, second?.[2] ?? 1),
        ],
        attrs: { begin_mask: attr.int(beginMask), end_mask: attr.int(endMask) },
      }))
      .filter((each) => folded(each).length > 0);
    const turns = fc
      .tuple(
        fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 }),
        fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 4, maxLength: 4 }),
      )
      .map(([perm, shape]): Case => ({
        op: 'Transpose',
        operands: [f(count(shape.reduce((p, q) => p * q, 1)), shape), axis(...perm)],
      }));
    const tiles = fc
      .array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })), {
        minLength: 1,
        maxLength: 3,
      })
      .map((dims): Case => {
        const shape = dims.map(([dim]) => dim);
        return {
          op: 'Tile',
          operands: [
            f(count(shape.reduce((p, q) => p * q, 1)), shape),
            axis(...dims.map(([, times]) => times)),
          ],
        };
      });
    expect(
      await differences([
        ...fc.sample(slices, { seed: 11, numRuns: 60 }),
        ...fc.sample(turns, { seed: 12, numRuns: 20 }),
        ...fc.sample(tiles, { seed: 13, numRuns: 10 }),
      ]),
    ).toEqual([]);
  });

  it('broadcasts as folding does', async () => {
    const shapes = fc
      .array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.boolean(), fc.boolean()), {
        minLength: 1,
        maxLength: 4,
      })
      .chain((dims) =>
        fc.tuple(
          fc.constant(dims),
          fc.nat(dims.length - 1),
          fc.constantFrom('AddV2', 'Sub', 'Mul', 'Maximum', 'Less'),
        ),
      )
      .map(([dims, cut, op]): Case => {
        const left = dims.map(([dim, one]) => (one ? 1 : dim));
        const right = dims.map(([dim, , one]) => (one ? 1 : dim)).slice(cut);
        const make = (shape: readonly number[]) =>
          f(
            count(shape.reduce((p, q) => p * q, 1)).map((v) => v / 2),
            shape,
          );
        return { op, operands: [make(left), make(right)] };
      });
    expect(await differences(fc.sample(shapes, { seed: 21, numRuns: 60 }))).toEqual([]);
  });

  it('broadcasts more dimensions than kernels do', async () => {
    const wide = f(count(24), [2, 1, 3, 2, 2]);
    const narrow = f([1, 2, 3, 4, 5, 6], [2, 1, 3, 1, 1]);
    const cases = [
      'Less',
      'Greater',
      'FloorMod',
      'Pow',
      'AddV2',
      'Mul',
      'Sub',
      'RealDiv',
      'SquaredDifference',
      'Maximum',
    ];
    expect(await differences(cases.map((op) => ({ op, operands: [narrow, wide] })))).toEqual([]);
  });

  it('moves data as folding does', async () => {
    const x = f(count(24), [2, 3, 4]);
    expect(
      await differences([
        { op: 'ConcatV2', operands: [x, f(count(8), [2, 1, 4]), scalar(1)] },
        { op: 'Pack', operands: [f([1, 2]), f([3, 4]), f([5, 6])], attrs: { axis: attr.int(1) } },
        { op: 'Unpack', operands: [x], attrs: { axis: attr.int(1), num: attr.int(3) } },
        { op: 'Split', operands: [scalar(2), x], attrs: { num_split: attr.int(2) } },
        { op: 'SplitV', operands: [x, axis(1, 2), scalar(1)] },
        { op: 'Slice', operands: [x, axis(0, 1, 1), axis(2, -1, 2)] },
        { op: 'GatherV2', operands: [x, i([2, 0]), scalar(1)] },
        {
          op: 'GatherV2',
          operands: [x, i([2, 0, 1, 1], [2, 2]), scalar(2)],
          attrs: { batch_dims: attr.int(1) },
        },
        { op: 'GatherNd', operands: [x, i([1, 2, 0, 0], [2, 2])] },
        { op: 'Pad', operands: [x, fixed(i([1, 0, 0, 1, 0, 2], [3, 2]))] },
        { op: 'PadV2', operands: [f([1, 2], [1, 2]), fixed(i([1, 1, 0, 1], [2, 2])), fixed(f([9], []))] },
        { op: 'ReverseV2', operands: [x, axis(0, 2)] },
        { op: 'BroadcastTo', operands: [f([1, 2], [2, 1]), axis(2, 2, 3)] },
        { op: 'Fill', operands: [axis(2, 2), f([7], [])] },
        { op: 'OnesLike', operands: [x] },
        { op: 'Roll', operands: [x, axis(1, -1), axis(1, 2)] },
        { op: 'MatrixBandPart', operands: [f(count(12), [3, 4]), scalar(0), scalar(1)] },
        { op: 'MatrixDiagPart', operands: [f(count(18), [2, 3, 3])] },
        { op: 'MatrixDiagPartV3', operands: [f(count(12), [3, 4]), scalar(0), fixed(f([9], []))] },
      ]),
    ).toEqual([]);
  });

  it('computes what has no folding kernel', async () => {
    const row = f([1, 3, 2, 5, 4], [1, 5]);
    const image = f([1, 2, 3, 4], [1, 2, 2, 1]);
    const attrs = { axis: attr.int(-1) };
    expect(
      await differences([
        { op: 'Cumsum', operands: [row, scalar(1)], expected: [1, 4, 6, 11, 15] },
        {
          op: 'Cumsum',
          operands: [row, scalar(1)],
          attrs: { exclusive: attr.bool(true), reverse: attr.bool(true) },
          expected: [14, 11, 9, 4, 0],
        },
        { op: 'ArgMax', operands: [row, scalar(1)], expected: [3] },
        {
          op: 'ArgMin',
          operands: [row, scalar(-1)],
          attrs: { output_type: attr.dtype('int32') },
          expected: [0],
        },
        { op: 'TopKV2', operands: [row, scalar(2)], expected: [5, 4] },
        {
          op: 'OneHot',
          operands: [i([1, 0]), scalar(3), fixed(f([5], [])), fixed(f([-1], []))],
          attrs,
          expected: [-1, 5, -1, 5, -1, -1],
        },
        { op: 'Range', operands: [fixed(i([2], [])), i([8], []), fixed(i([3], []))], expected: [2, 5] },
        { op: 'Where', operands: [b([0, 1, 1])], expected: [1, 2] },
        { op: 'Unique', operands: [i([4, 2, 4, 1])], expected: [4, 2, 1] },
        { op: 'SegmentSum', operands: [f([1, 2, 3]), fixed(i([0, 0, 1]))], expected: [3, 3] },
        {
          op: 'UnsortedSegmentMax',
          operands: [f([1, 5, 3]), i([1, 0, 1]), scalar(2)],
          expected: [5, 3],
        },
        {
          op: 'UnsortedSegmentSum',
          operands: [f([1, 5, 3]), i([1, 0, 1]), scalar(2)],
          expected: [5, 4],
        },
        { op: 'ScatterNd', operands: [i([2, 0], [2, 1]), f([7, 8]), axis(4)], expected: [8, 0, 7, 0] },
        {
          op: 'TensorScatterUpdate',
          operands: [f([1, 2, 3]), i([2, 0], [2, 1]), f([7, 0])],
          expected: [0, 2, 7],
        },
        {
          op: 'TensorScatterAdd',
          operands: [f([1, 2, 3]), i([2, 2], [2, 1]), f([7, 1])],
          expected: [1, 2, 11],
        },
        {
          op: 'MirrorPad',
          operands: [f([1, 2, 3]), fixed(i([2, 1], [1, 2]))],
          attrs: { mode: attr.string('REFLECT') },
          expected: [3, 2, 1, 2, 3, 2],
        },
        {
          op: 'MirrorPad',
          operands: [f([1, 2, 3]), fixed(i([2, 1], [1, 2]))],
          attrs: { mode: attr.string('SYMMETRIC') },
          expected: [2, 1, 1, 2, 3, 3],
        },
        {
          op: 'ResizeNearestNeighbor',
          operands: [image, axis(4, 2)],
          expected: [1, 2, 1, 2, 3, 4, 3, 4],
        },
        {
          op: 'ResizeBilinear',
          operands: [image, axis(3, 2)],
          attrs: { align_corners: attr.bool(true) },
          expected: [1, 2, 2, 3, 3, 4],
        },
        {
          op: 'ResizeBilinear',
          operands: [image, axis(4, 2)],
          attrs: { half_pixel_centers: attr.bool(true) },
          expected: [1, 2, 1.5, 2.5, 2.5, 3.5, 3, 4],
        },
        { op: 'SpaceToDepth', operands: [image], attrs: { block_size: attr.int(2) }, expected: [1, 2, 3, 4] },
        {
          op: 'DepthToSpace',
          operands: [f([1, 2, 3, 4], [1, 1, 1, 4])],
          attrs: { block_size: attr.int(2) },
          expected: [1, 2, 3, 4],
        },
        {
          op: 'SpaceToBatchND',
          operands: [image, axis(2, 2), fixed(i([0, 0, 0, 0], [2, 2]))],
          expected: [1, 2, 3, 4],
        },
        {
          op: 'BatchToSpaceND',
          operands: [f([1, 2, 3, 4], [4, 1, 1, 1]), axis(2, 2), fixed(i([0, 0, 1, 0], [2, 2]))],
          expected: [2, 4],
        },
        {
          op: 'ReverseSequence',
          operands: [f(count(6), [2, 3]), i([2, 3])],
          attrs: { seq_dim: attr.int(1), batch_dim: attr.int(0) },
          expected: [2, 1, 3, 6, 5, 4],
        },
        { op: 'MatrixDiag', operands: [f([1, 2])], expected: [1, 0, 0, 2] },
        { op: 'MatrixSetDiag', operands: [f(count(4), [2, 2]), f([9, 8])], expected: [9, 2, 3, 8] },
        { op: 'EuclideanNorm', operands: [f([3, 4, 6, 8], [2, 2]), axis(1)], expected: [5, 10] },
        {
          op: 'FakeQuantWithMinMaxArgs',
          operands: [f([-3, -0.26, 0.1, 5])],
          attrs: {
            min: attr.float(-0.75),
            max: attr.float(0.75),
            num_bits: attr.int(3),
            narrow_range: attr.bool(true),
          },
          expected: [-0.75, -0.25, 0, 0.75],
        },
        { op: 'L2Loss', operands: [f([1, 2, 2])], expected: [4.5] },
        { op: 'BroadcastArgs', operands: [i([3, 1]), i([1, 4])], expected: [3, 4] },
        {
          op: 'Bucketize',
          operands: [f([-1, 0, 5, 10, 11])],
          attrs: { boundaries: attr.floats(0, 10) },
          expected: [0, 1, 1, 2, 2],
        },
        {
          op: 'FakeQuantWithMinMaxArgs',
          operands: [f([-2, -0.26, 0.1, 0.74, 5])],
          attrs: { min: attr.float(-1), max: attr.float(0.75), num_bits: attr.int(3) },
          expected: [-1, -0.25, 0, 0.75, 0.75],
        },
        {
          op: 'NonMaxSuppressionV3',
          operands: [
            f([0, 0, 1, 1, 0, 0, 1, 0.9, 2, 2, 3, 3], [3, 4]),
            f([0.6, 0.9, 0.7]),
            scalar(3),
            fixed(f([0.5], [])),
            fixed(f([0.1], [])),
          ],
          expected: [1, 2],
        },
        {
          op: 'XlaDynamicUpdateSlice',
          operands: [f([1, 2, 3, 4]), f([8, 9]), i([2])],
          expected: [1, 2, 8, 9],
        },
        {
          op: 'Select',
          operands: [b([1, 0]), f(count(4), [2, 2]), f([9, 9, 9, 9], [2, 2])],
          expected: [1, 2, 9, 9],
        },
      ]),
    ).toEqual([]);
  });

  it('finds the spectrum of a signal', async () => {
    const g = new TinyLowering();
    const spectrum = g.node('RFFT', [g.input('float32', 1, 4), g.ints([4])]);
    const size = g.node('ComplexAbs', [spectrum]);
    const file = join(temporaryFolder(), 'model.tflite');
    await writeModel(g.model([size]), file);
    const x0 = oneSample('float32', [1, 4], Float32Array.of(1, 2, 3, 4));
    const { outputs } = await runtime.run({ modelPath: file, inputs: { x0 }, xnnpack: false });
    const [total, first, half] = Array.from((outputs['y0']?.data ?? []) as Float32Array);
    expect(total).toBeCloseTo(10, 5);
    expect(first).toBeCloseTo(Math.sqrt(8), 5);
    expect(half).toBeCloseTo(2, 5);
  });

  it('multiplies named dimensions', async () => {
    const [x, y] = [count(12), count(12).map((v) => v / 3)];
    const at = (data: readonly number[], ...index: readonly [number, number, number]) =>
      data[(index[0] * 3 + index[1]) * 2 + index[2]] ?? NaN;
    // x[a,b,c] y[a,d,c] -> [d,a,b] with a, c = 2 and b, d = 3
    const expected = [0, 1, 2].flatMap((d) =>
      [0, 1].flatMap((a) =>
        [0, 1, 2].map((q) => at(x, a, q, 0) * at(y, a, d, 0) + at(x, a, q, 1) * at(y, a, d, 1)),
      ),
    );
    expect(
      await differences([
        {
          op: 'Einsum',
          operands: [f(x, [2, 3, 2]), f(y, [2, 3, 2])],
          attrs: { equation: attr.string('abc,adc->dab') },
          expected,
        },
        {
          op: 'Einsum',
          operands: [f([1, 2, 3, 4], [2, 2]), fixed(f([1, 0, 2, 0, 1, 1], [2, 3]))],
          attrs: { equation: attr.string('ij,jk->ki') },
          expected: [1, 3, 2, 4, 4, 10],
        },
      ]),
    ).toEqual([]);
  });
});

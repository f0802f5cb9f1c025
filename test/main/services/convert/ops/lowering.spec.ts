import { describe, expect, it } from 'vitest';
import type { Value } from '@main/services/convert/graph/ir';
import { attr, numbersOf, TinyLowering } from '@test/support/tiny-lowering';

describe('operators that change nothing', () => {
  it.each(['Identity', 'StopGradient', 'CheckNumerics', 'EnsureShape', 'PlaceholderWithDefault'])(
    '%s gives its operand',
    (name) => {
      const g = new TinyLowering();
      const x = g.input('float32', -1, 3);
      expect(g.node(name, [x])).toBe(x);
    },
  );

  it('leaves out neutral shape operators', () => {
    const g = new TinyLowering();
    const x = g.input('float32', 2, 3);
    expect(g.node('Reshape', [x, g.ints([2, -1])])).toBe(x);
    expect(g.node('Transpose', [x, g.ints([0, 1])])).toBe(x);
    expect(g.node('Tile', [x, g.ints([1, 1])])).toBe(x);
    expect(g.node('Pad', [x, g.ints([0, 0, 0, 0], [2, 2])])).toBe(x);
    expect(g.node('Slice', [x, g.ints([0, 0]), g.ints([-1, 3])])).toBe(x);
    expect(g.node('Cast', [x], { DstT: attr.dtype('float32') })).toBe(x);
    expect(g.node('Sum', [x, g.ints([])])).toBe(x);
    expect(g.all('Split', [g.ints([0], []), x], { num_split: attr.int(1) })).toEqual([x]);
    expect(g.node('StridedSlice', [x, g.ints([0, 0]), g.ints([2, 9]), g.ints([1, 1])])).toBe(x);
  });
});

describe('shape operators', () => {
  it('makes one reshape of several', () => {
    const g = new TinyLowering();
    const x = g.input('float32', -1, 3, 1);
    const wide = g.node('ExpandDims', [
      g.node('Squeeze', [x], { squeeze_dims: attr.ints(2) }),
      g.ints([1], []),
    ]);
    const y = g.node('Reshape', [wide, g.ints([-1, 3, 1, 1])]);
    expect(g.types(y)).toEqual(['RESHAPE']);
    expect(numbersOf(y.producer?.input(1))).toEqual([-1, 3, 1, 1]);
  });

  it('makes one transposition of two, none of two that cancel', () => {
    const g = new TinyLowering();
    const x = g.input('float32', 2, 3, 4);
    const turned = g.node('Transpose', [x, g.ints([1, 2, 0])]);
    const again = g.node('Transpose', [turned, g.ints([1, 0, 2])]);
    expect(again.shape).toEqual([4, 3, 2]);
    expect(numbersOf(again.producer?.input(1))).toEqual([2, 1, 0]);
    expect(g.node('Transpose', [turned, g.ints([2, 0, 1])])).toBe(x);
  });

  it('reshapes where a transposition moves only dimensions of 1', () => {
    const g = new TinyLowering();
    const y = g.node('Transpose', [g.input('float32', -1, 1, 4, 1), g.ints([0, 2, 1, 3])]);
    expect(y.shape).toEqual([-1, 4, 1, 1]);
    expect(g.types(y)).toEqual(['RESHAPE']);
  });

  it('squeezes with the operator of its own when two dimensions are dynamic', () => {
    const g = new TinyLowering();
    const y = g.node('Squeeze', [g.input('float32', -1, 1, -1)], {});
    expect(y.shape).toEqual([-1, -1]);
    expect(g.types(y)).toEqual(['SQUEEZE']);
    expect(g.node('ExpandDims', [y, g.ints([-1], [])]).shape).toEqual([-1, -1, 1]);
  });

  it('drops empty and single operands of a concatenation', () => {
    const g = new TinyLowering();
    const x = g.input('float32', 2, 3);
    expect(g.node('ConcatV2', [x, g.floats([], [2, 0]), g.ints([1], [])])).toBe(x);
  });
});

describe('strided slices', () => {
  const slice = (
    shape: number[],
    [begin, end, strides]: readonly [number[], number[], number[]],
    masks: Partial<Record<'begin' | 'end' | 'ellipsis' | 'new_axis' | 'shrink_axis', number>> = {},
  ) => {
    const g = new TinyLowering();
    const attrs = Object.fromEntries(
      Object.entries(masks).map(([name, bits]) => [`${name}_mask`, attr.int(bits)]),
    );
    const x = g.input('float32', ...shape);
    const y = g.node('StridedSlice', [x, g.ints(begin), g.ints(end), g.ints(strides)], attrs);
    return { shape: y.shape, types: g.types(y) };
  };

  it('reads negative bounds and strides', () => {
    expect(slice([10], [[-3], [-9], [-2]]).shape).toEqual([3]);
    expect(slice([10], [[8], [0], [-1]], { end: 1 }).shape).toEqual([9]);
    expect(slice([10], [[4], [4], [1]]).shape).toEqual([0]);
  });

  it('expands an ellipsis and takes new axes out', () => {
    // x[..., newaxis, 1:3, :]
    const masks = { ellipsis: 1, new_axis: 2, begin: 8, end: 8 };
    const { shape, types } = slice(
      [2, 3, 4, 5],
      [
        [0, 0, 1, 0],
        [0, 0, 3, 0],
        [1, 1, 1, 1],
      ],
      masks,
    );
    expect(shape).toEqual([2, 3, 1, 2, 5]);
    expect(types).toEqual(['STRIDED_SLICE', 'RESHAPE']);
  });

  it('reshapes when only dimensions of 1 come or go', () => {
    expect(
      slice(
        [-1, 1, 4],
        [
          [0, 0],
          [0, 1],
          [1, 1],
        ],
        { begin: 1, end: 1, shrink_axis: 2 },
      ),
    ).toMatchObject({
      shape: [-1, 4],
      types: ['RESHAPE'],
    });
  });

  it('keeps dynamic dimensions dynamic, and takes the last element of one', () => {
    expect(
      slice(
        [-1, 6],
        [
          [1, 2],
          [0, 5],
          [1, 1],
        ],
        { end: 1 },
      ).shape,
    ).toEqual([-1, 3]);
    expect(
      slice(
        [2, -1, 3],
        [
          [0, -1],
          [0, 0],
          [1, 1],
        ],
        { begin: 1, end: 1, shrink_axis: 2 },
      ).shape,
    ).toEqual([2, 3]);
  });

  it('refuses what is outside', () => {
    expect(() =>
      slice(
        [2, 3],
        [
          [0, 5],
          [0, 6],
          [1, 1],
        ],
        { shrink_axis: 2 },
      ),
    ).toThrow('outside of a dimension of 3');
    expect(() => slice([2], [[0], [1], [0]])).toThrow('stride is 0');
    expect(() =>
      slice(
        [2],
        [
          [0, 0],
          [1, 1],
          [1, 1],
        ],
      ),
    ).toThrow('more than the 1 dimensions');
  });
});

describe('arithmetic', () => {
  it.each([
    [2, ['SQUARE']],
    [3, ['SQUARE', 'MUL']],
    [0.5, ['SQRT']],
    [-0.5, ['RSQRT']],
    [-1, ['DIV']],
    [2.5, ['POW']],
  ])('writes x ** %f with the operators %j', (exponent, types) => {
    const g = new TinyLowering();
    const y = g.node('Pow', [g.input('float32', 4), g.floats([exponent], [])]);
    expect(g.types(y)).toEqual(types);
  });

  it('negates a comparison by the opposite one', () => {
    const g = new TinyLowering();
    const less = g.node('Less', [g.input('float32', 4), g.floats([1], [])]);
    expect(g.types(g.node('LogicalNot', [less]))).toEqual(['GREATER_EQUAL']);
  });

  it('keeps squared differences within what the kernel broadcasts', () => {
    const g = new TinyLowering();
    const y = g.node('SquaredDifference', [
      g.input('float32', 1, 2, 2, 2, 3),
      g.input('float32', 1, 1, 1, 2, 1),
    ]);
    expect(g.types(y)).toEqual(['SUB', 'SQUARE']);
  });

  it('refuses element types that no kernel takes', () => {
    const g = new TinyLowering();
    expect(() => g.node('Exp', [g.input('float64', 3)])).toThrow("TFLite's EXP works on float32 only");
    expect(() => g.node('FloorDiv', [g.input('int64', 3), g.input('int64', 3)])).toThrow('FLOOR_DIV');
  });

  it('works out constants of types that no kernel takes', () => {
    const g = new TinyLowering();
    const half = g.node('RealDiv', [g.constant('float64', [7]), g.constant('float64', [2])]);
    expect(numbersOf(g.node('Cast', [half], { DstT: attr.dtype('int32') }))).toEqual([3]);
  });

  it('sees that a number between limits that are equal is that limit', () => {
    const g = new TinyLowering();
    const limit = (value: number): Value => g.ints([value], []);
    const between = (least: number, most: number): Value =>
      g.node('Minimum', [g.node('Maximum', [g.input('int32'), limit(least)]), limit(most)]);
    expect(numbersOf(between(20, 20))).toEqual([20]);
    expect(g.types(between(19, 20))).toEqual(['MAXIMUM', 'MINIMUM']);
  });

  it('refuses shapes that do not broadcast', () => {
    const g = new TinyLowering();
    expect(() => g.node('AddV2', [g.input('float32', 3), g.input('float32', 4)])).toThrow(
      'shapes [3] and [4] do not broadcast',
    );
  });
});

describe('einsum', () => {
  const einsum = (equation: string, ...shapes: (readonly number[])[]) => {
    const g = new TinyLowering();
    const y = g.node(
      'Einsum',
      shapes.map((shape) => g.input('float32', ...shape)),
      { equation: attr.string(equation) },
    );
    return { shape: y.shape, types: g.types(y) };
  };

  it.each([
    [
      'ij,jk->ik',
      [
        [2, 3],
        [3, 4],
      ],
      [2, 4],
      ['BATCH_MATMUL'],
    ],
    [
      'bij,bkj->bik',
      [
        [-1, 2, 3],
        [-1, 4, 3],
      ],
      [-1, 2, 4],
      ['BATCH_MATMUL'],
    ],
    [
      'aecd,abcd->acbe',
      [
        [-1, 5, 2, 8],
        [-1, 4, 2, 8],
      ],
      [-1, 2, 4, 5],
      ['TRANSPOSE', 'TRANSPOSE', 'BATCH_MATMUL'],
    ],
    ['ij->ji', [[2, 3]], [3, 2], ['TRANSPOSE']],
    ['bij->b', [[-1, 2, 3]], [-1], ['SUM']],
    [
      'bi,bi->b',
      [
        [-1, 3],
        [-1, 3],
      ],
      [-1],
      ['MUL', 'SUM'],
    ],
    ['i,j->ij', [[2], [3]], [2, 3], ['RESHAPE', 'RESHAPE', 'MUL']],
    [
      '...ij,...jk->...ik',
      [
        [-1, 7, 2, 3],
        [-1, 7, 3, 4],
      ],
      [-1, 7, 2, 4],
      ['BATCH_MATMUL'],
    ],
  ])('%s of %j', (equation, shapes, shape, types) => {
    const result = einsum(equation, ...shapes);
    expect(result.shape).toEqual(shape);
    expect(result.types.sort()).toEqual([...types].sort());
  });

  it('makes a dense layer of a constant operand', () => {
    const g = new TinyLowering();
    const kernel = g.floats(
      Array.from({ length: 24 }, (_, i) => i),
      [4, 2, 3],
    );
    const y = g.node('Einsum', [g.input('float32', -1, 5, 4), kernel], {
      equation: attr.string('abc,cde->abde'),
    });
    expect(y.shape).toEqual([-1, 5, 2, 3]);
    expect(g.types(y)).toEqual(['FULLY_CONNECTED', 'RESHAPE']);
  });

  it('needs no reshape for dynamic dimensions that stay as they are', () => {
    expect(einsum('btd,bsd->bts', [-1, -1, 4], [-1, -1, 4])).toEqual({
      shape: [-1, -1, -1],
      types: ['BATCH_MATMUL'],
    });
  });

  it('refuses diagonals and equations that do not fit', () => {
    expect(() => einsum('ii->i', [3, 3])).toThrow('repeats a dimension');
    expect(() => einsum('ij,jk->ik', [2, 3])).toThrow('is for 2 operands');
    expect(() => einsum('ij->ik', [2, 3])).toThrow("output dimension 'k'");
  });
});

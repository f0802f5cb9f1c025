import { describe, expect, it } from 'vitest';
import type { Value } from '@main/services/convert/graph/ir';
import { attr, numbersOf, TinyLowering } from '@test/support/tiny-lowering';

/** SHAPE(x)[from:to], or one element of it. */
const shapePart = (g: TinyLowering, x: Value, from: number, to: number, shrink = false): Value =>
  g.node(
    'StridedSlice',
    [g.node('Shape', [x], { out_type: attr.dtype('int32') }), g.ints([from]), g.ints([to]), g.ints([1])],
    { shrink_axis_mask: attr.int(shrink ? 1 : 0) },
  );

describe('what is known of a shape that is computed', () => {
  it('makes the target of a reshape constant when only the batch is dynamic', () => {
    const g = new TinyLowering();
    const x = g.input('float32', -1, 4, 6);
    const target = g.node('Pack', [shapePart(g, x, 0, 1, true), g.ints([24], [])], { axis: attr.int(0) });
    const y = g.node('Reshape', [x, target]);
    expect(y.shape).toEqual([-1, 24]);
    expect(g.types(y)).toEqual(['RESHAPE']);
    expect(numbersOf(y.producer?.input(1))).toEqual([-1, 24]);
  });

  it('is seen through gathered dimensions and their product', () => {
    const g = new TinyLowering();
    const x = g.input('float32', -1, 5, 8);
    const shape = g.node('Shape', [x], { out_type: attr.dtype('int64') });
    const rows = g.node('GatherV2', [shape, g.ints([0, 1]), g.ints([0], [])]);
    const count = g.node('Prod', [rows, g.ints([0])]);
    const columns = g.node('Prod', [g.node('GatherV2', [shape, g.ints([2]), g.ints([0], [])]), g.ints([0])]);
    expect(numbersOf(columns)).toEqual([8]);
    const flat = g.node('Reshape', [x, g.node('Pack', [count, columns])]);
    const joined = g.node('ConcatV2', [rows, g.constant('int64', [8]), g.ints([0], [])]);
    const back = g.node('Reshape', [g.node('Relu', [flat]), joined]);
    expect(back.shape).toEqual([-1, 5, 8]);
    expect(g.types(back)).toEqual(['RESHAPE', 'RELU', 'RESHAPE']);
  });

  it('is kept by casts, neutral arithmetic and reshapes of the vector', () => {
    const g = new TinyLowering();
    const x = g.input('float32', -1, 3);
    const batch = shapePart(g, x, 0, 1, true);
    const wide = g.node('Cast', [batch], { DstT: attr.dtype('int64') });
    const same = g.node('Mul', [wide, g.constant('int64', [1], [])]);
    const vector = g.node('ExpandDims', [
      g.node('AddV2', [same, g.constant('int64', [0], [])]),
      g.ints([0], []),
    ]);
    expect(vector.shapeElements).toEqual([{ value: x, axis: 0 }]);
  });

  it('is a constant when every dimension is known', () => {
    const g = new TinyLowering();
    const shape = g.node('Shape', [g.input('float32', 2, 3, 4)], {});
    expect(numbersOf(shape)).toEqual([2, 3, 4]);
    expect(numbersOf(g.node('Size', [g.input('float32', 2, 3, 4)]))).toEqual([24]);
    expect(numbersOf(g.node('Rank', [g.input('float32', -1, -1)]))).toEqual([2]);
  });

  it('keeps the shape computed when two of its dimensions are dynamic', () => {
    const g = new TinyLowering();
    const x = g.input('float32', -1, -1, 4, 2);
    const target = g.node('ConcatV2', [shapePart(g, x, 0, 2), g.ints([8]), g.ints([0], [])]);
    const y = g.node('Reshape', [x, target]);
    expect(y.shape).toEqual([-1, -1, 8]);
    expect(g.types(y)).toEqual(['SHAPE', 'STRIDED_SLICE', 'CONCATENATION', 'RESHAPE']);
  });

  it('turns a broadcast along known dimensions into a tile with constant multiples', () => {
    const g = new TinyLowering();
    const x = g.input('float32', -1, 1, 4);
    const target = g.node('Pack', [shapePart(g, x, 0, 1, true), g.ints([3], []), g.ints([4], [])]);
    const y = g.node('BroadcastTo', [x, target]);
    expect(y.shape).toEqual([-1, 3, 4]);
    expect(g.types(y)).toEqual(['TILE']);
    expect(numbersOf(y.producer?.input(1))).toEqual([1, 3, 1]);
  });

  it('does not mistake one dynamic dimension for another', () => {
    const g = new TinyLowering();
    const [x, other] = [g.input('float32', -1, 4), g.input('float32', -1, 4)];
    const target = g.node('Pack', [shapePart(g, other, 0, 1, true), g.ints([4], [])]);
    expect(g.types(g.node('BroadcastTo', [x, target])).at(-1)).toBe('BROADCAST_TO');
  });
});

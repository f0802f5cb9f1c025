import { describe, expect, it } from 'vitest';
import type { Op, Value } from '@main/services/convert/graph/ir';
import { deadCode } from '@main/services/convert/passes/dead-code';
import { dilatedConvolution } from '@main/services/convert/passes/dilated-convolution';
import { padIntoWindow } from '@main/services/convert/passes/pad-into-window';
import { TinyGraph } from '@test/support/tiny-graph';
import { DEPTHWISE, POOL, VALID_CONV } from './attrs';

const attrsOf = (g: TinyGraph): unknown[] => g.graph.sorted().map((op: Op) => op.attrs);

describe('a padding before a window', () => {
  const padded = (g: TinyGraph, size: number, pads: readonly number[]): Value =>
    g.op('PAD', {}, g.input(1, size, size, 2), g.ints([0, 0, ...pads, 0, 0], [4, 2]));
  const strided = { ...VALID_CONV, stride_w: 2, stride_h: 2 };

  it('becomes SAME padding where that is the same', () => {
    const g = new TinyGraph();
    const even = g.op('CONV_2D', strided, padded(g, 6, [0, 1, 0, 1]), g.weights(3, 3, 3, 2), g.weights(3));
    const odd = g.op(
      'DEPTHWISE_CONV_2D',
      { ...DEPTHWISE, ...strided },
      padded(g, 5, [1, 1, 1, 1]),
      g.weights(1, 3, 3, 2),
      null,
    );
    expect(g.returns(even, odd).after(padIntoWindow)).toEqual(['CONV_2D', 'DEPTHWISE_CONV_2D']);
    expect(attrsOf(g)).toEqual([
      expect.objectContaining({ padding: 0 }),
      expect.objectContaining({ padding: 0 }),
    ]);
  });

  it('stays where SAME would pad elsewhere', () => {
    const g = new TinyGraph();
    const y = g.op('CONV_2D', strided, padded(g, 6, [1, 1, 1, 1]), g.weights(3, 3, 3, 2), g.weights(3));
    expect(g.returns(y).after(padIntoWindow)).toEqual(['PAD', 'CONV_2D']);
  });

  it('stays where the channels are padded, too', () => {
    const g = new TinyGraph();
    const x = g.op('PAD', {}, g.input(1, 6, 6, 2), g.ints([0, 0, 0, 1, 0, 1, 0, 1], [4, 2]));
    const y = g.op('CONV_2D', strided, x, g.weights(3, 3, 3, 3), g.weights(3));
    expect(g.returns(y).after(padIntoWindow)).toEqual(['PAD', 'CONV_2D']);
  });

  it('of the lowest number becomes SAME padding of a maximum, one of zeros does not', () => {
    const g = new TinyGraph();
    const lowest = g.op(
      'PADV2',
      {},
      g.input(1, 5, 5, 2),
      g.ints([0, 0, 1, 1, 1, 1, 0, 0], [4, 2]),
      g.scalar(-Infinity),
    );
    const y = g.op('MAX_POOL_2D', POOL, lowest);
    const z = g.op('MAX_POOL_2D', POOL, padded(g, 5, [1, 1, 1, 1]));
    expect(g.returns(y, z).after(padIntoWindow)).toEqual(['MAX_POOL_2D', 'PAD', 'MAX_POOL_2D']);
  });

  it('serves several windows', () => {
    const g = new TinyGraph();
    const x = padded(g, 6, [0, 1, 0, 1]);
    const y = g.op('CONV_2D', strided, x, g.weights(3, 3, 3, 2), g.weights(3));
    const z = g.op('CONV_2D', VALID_CONV, x, g.weights(3, 3, 3, 2), g.weights(3));
    expect(g.returns(y, z).after(padIntoWindow)).toEqual(['PAD', 'CONV_2D', 'CONV_2D']);
    expect(y.producer?.input(0)).toBe(g.graph.inputs[0]);
    expect(z.producer?.input(0)).toBe(x);
  });
});

describe('a convolution between SPACE_TO_BATCH_ND and BATCH_TO_SPACE_ND', () => {
  const spread = (g: TinyGraph, x: Value, block: readonly number[], pads: readonly number[]): Value =>
    g.op('SPACE_TO_BATCH_ND', {}, x, g.ints(block), g.ints(pads, [block.length, 2]));
  const gather = (g: TinyGraph, y: Value, block: readonly number[], crops: readonly number[]): Value =>
    g.op('BATCH_TO_SPACE_ND', {}, y, g.ints(block), g.ints(crops, [block.length, 2]));

  it('is dilated, and padded by what is not cropped again', () => {
    const g = new TinyGraph();
    const x = spread(g, g.input(1, 7, 7, 2), [2, 2], [2, 3, 2, 3]);
    const y = g.op('CONV_2D', VALID_CONV, x, g.weights(3, 3, 3, 2), g.weights(3));
    g.returns(gather(g, y, [2, 2], [0, 1, 0, 1]));
    expect(g.after(dilatedConvolution, deadCode, padIntoWindow)).toEqual(['CONV_2D']);
    expect(attrsOf(g)).toEqual([
      expect.objectContaining({ padding: 0, dilation_h_factor: 2, dilation_w_factor: 2 }),
    ]);
  });

  it('has its one dimension along the width, or along the height', () => {
    for (const [inner, kernel] of [
      [
        [2, 1, 7, 2],
        [3, 1, 3, 2],
      ],
      [
        [2, 7, 1, 2],
        [3, 3, 1, 2],
      ],
    ] as const) {
      const g = new TinyGraph();
      const x = g.op('RESHAPE', {}, spread(g, g.input(1, 10, 2), [2], [4, 0]), g.ints(inner));
      const y = g.op('CONV_2D', VALID_CONV, x, g.weights(...kernel), g.weights(3));
      g.returns(gather(g, g.op('RESHAPE', {}, y, g.ints([2, 5, 3])), [2], [0, 0]));
      expect(g.after(dilatedConvolution, deadCode)).toEqual(['RESHAPE', 'PAD', 'CONV_2D', 'RESHAPE']);
    }
  });

  it('stays where the convolution steps further than by one', () => {
    const g = new TinyGraph();
    const x = spread(g, g.input(1, 8, 8, 2), [2, 2], [0, 0, 0, 0]);
    const strided = { ...VALID_CONV, stride_w: 2, stride_h: 2 };
    const y = g.op('CONV_2D', strided, x, g.weights(3, 2, 2, 2), g.weights(3));
    g.returns(gather(g, y, [2, 2], [0, 0, 0, 0]));
    expect(g.after(dilatedConvolution)).toEqual(['SPACE_TO_BATCH_ND', 'CONV_2D', 'BATCH_TO_SPACE_ND']);
  });

  it('is found behind paddings that are computed from a size known at run time only', () => {
    const g = new TinyGraph();
    const x = g.input(-1, -1, -1, 2);
    const slice = {
      begin_mask: 0,
      end_mask: 0,
      ellipsis_mask: 0,
      new_axis_mask: 0,
      shrink_axis_mask: 1,
      offset: false,
    };
    const at = (v: Value, i: number): Value =>
      g.op('STRIDED_SLICE', slice, v, g.ints([i]), g.ints([i + 1]), g.ints([1]));
    const pack = (...values: Value[]): Value =>
      g.op('PACK', { values_count: values.length, axis: 0 }, ...values);
    const size = g.op('SHAPE', { out_type: 2 }, x);
    const extra = g.op('FLOOR_MOD', {}, pack(at(size, 1), at(size, 2)), g.ints([2, 2]));
    const after = g.op('ADD', { fused_activation_function: 0, pot_scale_int16: true }, g.ints([2, 2]), extra);
    const two = g.ints([2], []);
    const zero = g.ints([0], []);
    const pads = pack(pack(two, at(after, 0)), pack(two, at(after, 1)));
    const crops = pack(pack(zero, at(extra, 0)), pack(zero, at(extra, 1)));
    const block = g.ints([2, 2]);
    const y = g.op(
      'CONV_2D',
      VALID_CONV,
      g.op('SPACE_TO_BATCH_ND', {}, x, block, pads),
      g.weights(3, 3, 3, 2),
      null,
    );
    g.returns(g.op('BATCH_TO_SPACE_ND', {}, y, block, crops));
    for (const pass of [dilatedConvolution, deadCode, padIntoWindow]) pass.run(g.graph);
    expect(g.types).toEqual(['CONV_2D']);
    expect(attrsOf(g)).toEqual([
      expect.objectContaining({ padding: 0, dilation_h_factor: 2, dilation_w_factor: 2 }),
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import type { Tensor } from '@shared/model/tensor';
import type { Value } from '@main/services/convert/graph/ir';
import { deadCode } from '@main/services/convert/passes/dead-code';
import { lowerNode } from '@test/support/lower-node';
import { TinyGraph } from '@test/support/tiny-graph';

const SLICE = {
  begin_mask: 0,
  end_mask: 0,
  ellipsis_mask: 0,
  new_axis_mask: 0,
  shrink_axis_mask: 0,
  offset: false,
};
const SPATIAL = { strides: [1, 1, 1, 1], padding: 'SAME' };

/** Greatest difference of two results of a graph, which have one shape. */
function difference(g: TinyGraph, a: Value, b: Value): number {
  const [x, y] = g.returns(a, b).run() as [Tensor, Tensor];
  if (x.shape.join() !== y.shape.join()) throw new Error(`shapes ${x.shape.join()} and ${y.shape.join()}`);
  return Math.max(...Array.from(x.data, Number).map((v, i) => Math.abs(v - Number(y.data[i]))));
}

const one = (outputs: readonly Value[]): Value => outputs[0] as Value;
const turn = (g: TinyGraph, x: Value, perm: readonly number[]): Value =>
  g.op('TRANSPOSE', {}, x, g.ints(perm));

describe('Conv2D', () => {
  it('in channels-first order is the same convolution', () => {
    const g = new TinyGraph();
    const [x, w] = [g.input(1, 5, 4, 3), g.weights(3, 2, 3, 6)];
    const last = one(lowerNode(g, 'Conv2D', { strides: [1, 2, 1, 1], padding: 'VALID' }, x, w));
    const first = one(
      lowerNode(
        g,
        'Conv2D',
        { strides: [1, 1, 2, 1], padding: 'VALID', data_format: 'NCHW' },
        turn(g, x, [0, 3, 1, 2]),
        w,
      ),
    );
    expect(difference(g, last, turn(g, first, [0, 2, 3, 1]))).toBeLessThan(1e-5);
  });

  it('with explicit paddings pads by itself', () => {
    const g = new TinyGraph();
    const [x, w] = [g.input(1, 5, 5, 2), g.weights(3, 3, 2, 4)];
    const same = one(lowerNode(g, 'Conv2D', SPATIAL, x, w));
    const attrs = { strides: [1, 1, 1, 1], padding: 'EXPLICIT', explicit_paddings: [0, 0, 1, 1, 1, 1, 0, 0] };
    expect(difference(g, same, one(lowerNode(g, 'Conv2D', attrs, x, w)))).toBeLessThan(1e-5);
    expect(g.types).toContain('PAD');
  });

  it('with a group per channel is a depthwise convolution', () => {
    const g = new TinyGraph();
    const x = g.input(1, 5, 5, 3);
    const w = g.weights(3, 3, 1, 6);
    const grouped = one(lowerNode(g, 'Conv2D', SPATIAL, x, w));
    const kernel = g.op('RESHAPE', {}, w, g.ints([3, 3, 3, 2]));
    expect(
      difference(g, grouped, one(lowerNode(g, 'DepthwiseConv2dNative', SPATIAL, x, kernel))),
    ).toBeLessThan(1e-5);
    expect(g.types).toEqual(['DEPTHWISE_CONV_2D', 'DEPTHWISE_CONV_2D']);
  });

  it('refuses strides over channels, by name of the reason', () => {
    const g = new TinyGraph();
    const attrs = { strides: [1, 1, 1, 2], padding: 'SAME' };
    expect(() => lowerNode(g, 'Conv2D', attrs, g.input(1, 5, 5, 2), g.weights(3, 3, 2, 4))).toThrow(
      'strides over the batch or channel axis',
    );
  });
});

describe('Conv2DBackpropInput', () => {
  it('with dilations is one with a filter that has zeros between its taps', () => {
    const g = new TinyGraph();
    const x = g.input(1, 4, 4, 3);
    const dense = g.weights(2, 2, 5, 3);
    const zeros = g.floats(
      Array.from({ length: 15 }, () => 0),
      [1, 15],
    );
    const rows = g.op('RESHAPE', {}, dense, g.ints([4, 15]));
    const tap = (i: number): Value => g.op('SLICE', {}, rows, g.ints([i, 0]), g.ints([1, 15]));
    const order = [tap(0), zeros, tap(1), zeros, zeros, zeros, tap(2), zeros, tap(3)];
    const spread = g.op('CONCATENATION', { axis: 0, fused_activation_function: 0 }, ...order);
    const sparse = g.op('RESHAPE', {}, spread, g.ints([3, 3, 5, 3]));
    const attrs = { strides: [1, 1, 1, 1], padding: 'VALID' };
    const shape = g.ints([1, 6, 6, 5]);
    const dilated = lowerNode(
      g,
      'Conv2DBackpropInput',
      { ...attrs, dilations: [1, 2, 2, 1] },
      shape,
      dense,
      x,
    );
    expect(
      difference(g, one(dilated), one(lowerNode(g, 'Conv2DBackpropInput', attrs, shape, sparse, x))),
    ).toBeLessThan(1e-5);
  });
});

describe('nodes that TF.js fuses', () => {
  it('are the nodes they stand for', () => {
    const g = new TinyGraph();
    const [x, w, bias, alpha] = [
      g.input(1, 5, 5, 2),
      g.weights(3, 3, 2, 4),
      g.weights(4),
      g.weights(1, 1, 4),
    ];
    const conv = one(lowerNode(g, 'Conv2D', SPATIAL, x, w));
    const summed = one(lowerNode(g, 'BiasAdd', {}, conv, bias));
    const apart = one(lowerNode(g, 'Prelu', {}, summed, alpha));
    const fused = lowerNode(
      g,
      '_FusedConv2D',
      { ...SPATIAL, fused_ops: ['BiasAdd', 'Prelu'] },
      x,
      w,
      bias,
      alpha,
    );
    expect(difference(g, apart, one(fused))).toBeLessThan(1e-5);
  });

  it('refuse what is not known', () => {
    const g = new TinyGraph();
    const operands = [g.input(2, 3), g.weights(3, 4), g.weights(4)];
    expect(() => lowerNode(g, '_FusedMatMul', { fused_ops: ['BiasAdd', 'Mystery'] }, ...operands)).toThrow(
      "the fused operation 'Mystery'",
    );
  });
});

describe('batch normalization', () => {
  it('in training mode takes the statistics of the batch, in either order', () => {
    const g = new TinyGraph();
    const [x, scale, offset] = [g.input(2, 3, 4, 5), g.weights(5), g.weights(5)];
    const attrs = { is_training: true, epsilon: 0.001 };
    const none = g.floats([], [0]);
    const last = lowerNode(
      g,
      'FusedBatchNormV3',
      { ...attrs, data_format: 'NHWC' },
      x,
      scale,
      offset,
      none,
      none,
    );
    const turned = turn(g, x, [0, 3, 1, 2]);
    const first = lowerNode(
      g,
      'FusedBatchNormV3',
      { ...attrs, data_format: 'NCHW' },
      turned,
      scale,
      offset,
      none,
      none,
    );
    expect(difference(g, one(last), turn(g, one(first), [0, 2, 3, 1]))).toBeLessThan(1e-5);
    expect(difference(g, last[1] as Value, first[1] as Value)).toBeLessThan(1e-5);
    expect(difference(g, last[2] as Value, first[2] as Value)).toBeLessThan(1e-5);
    const [y] = g.returns(one(last)).run() as [Tensor];
    const channel = Array.from(y.data, Number).filter((_, i) => i % 5 === 0);
    const mean = channel.reduce((a, b) => a + b, 0) / channel.length;
    expect(mean).toBeCloseTo(
      Number(offset.constant && new Float32Array(offset.constant.bytes().slice(0, 4).buffer)[0]),
      4,
    );
  });

  it('leaves out a scale of ones and an offset of zeros whose length is not known', () => {
    const g = new TinyGraph();
    const x = g.input(1, -1, 8, 1);
    const filled = (value: number): Value => {
      const rows = g.op(
        'STRIDED_SLICE',
        SLICE,
        g.op('SHAPE', { out_type: 2 }, x),
        g.ints([1]),
        g.ints([2]),
        g.ints([1]),
      );
      return g.op('FILL', {}, rows, g.scalar(value));
    };
    const none = g.floats([], [0]);
    const attrs = { is_training: true, data_format: 'NCHW', epsilon: 0.001 };
    g.returns(one(lowerNode(g, 'FusedBatchNormV3', attrs, x, filled(1), filled(0), none, none)));
    deadCode.run(g.graph);
    expect(g.types).toEqual(['MEAN', 'SQUARED_DIFFERENCE', 'MEAN', 'ADD', 'RSQRT', 'SUB', 'MUL']);
  });

  it('of constants is one product and one sum', () => {
    const g = new TinyGraph();
    const [x, scale, offset, mean] = [
      g.input(2, 3),
      g.floats([1, 2, 3]),
      g.floats([4, 5, 6]),
      g.floats([1, 1, 2]),
    ];
    const four = g.op('EXPAND_DIMS', {}, g.op('EXPAND_DIMS', {}, x, g.ints([1], [])), g.ints([1], []));
    const attrs = { is_training: false, epsilon: 0.5 };
    g.returns(
      one(lowerNode(g, 'FusedBatchNormV3', attrs, four, scale, offset, mean, g.floats([3.5, 0.5, 8.5]))),
    );
    expect(g.types.slice(-2)).toEqual(['MUL', 'ADD']);
    const [, factor] = g.graph.sorted().at(-2)?.inputs ?? [];
    expect(new Float32Array(factor?.constant?.bytes().buffer as ArrayBuffer)).toEqual(
      Float32Array.of(0.5, 2, 1),
    );
  });
});

describe('pools over three axes', () => {
  it('are two over two axes', () => {
    const g = new TinyGraph();
    const x = g.input(1, 4, 4, 4, 2);
    const attrs = { ksize: [1, 2, 2, 2, 1], strides: [1, 2, 2, 2, 1], padding: 'VALID' };
    const y = one(lowerNode(g, 'MaxPool3D', attrs, x));
    expect(y.shape).toEqual([1, 2, 2, 2, 2]);
    const [pooled] = g.returns(y).run() as [Tensor];
    const [all] = g.returns(x).run() as [Tensor];
    const at = (d: number, h: number, w: number): number => Number(all.data[((d * 4 + h) * 4 + w) * 2]);
    const corner = [0, 1].flatMap((d) => [0, 1].flatMap((h) => [0, 1].map((w) => at(d, h, w))));
    expect(Number(pooled.data[0])).toBe(Math.max(...corner));
  });
});

describe('activations that TFLite does not have', () => {
  it.each([
    ['Selu', (x: number) => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * Math.expm1(x))],
    ['Softplus', (x: number) => (x > 50 ? x : Math.log1p(Math.exp(x)))],
    ['Softsign', (x: number) => x / (1 + Math.abs(x))],
  ])('%s', (name, expected) => {
    const g = new TinyGraph();
    const x = g.op('MUL', { fused_activation_function: 0 }, g.input(40), g.scalar(120));
    const [given, actual] = g.returns(x, one(lowerNode(g, name, {}, x))).run() as [Tensor, Tensor];
    actual.data.forEach((v, i) => expect(Number(v)).toBeCloseTo(expected(Number(given.data[i])), 4));
  });
});

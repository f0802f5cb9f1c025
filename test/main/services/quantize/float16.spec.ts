import type { Op } from '@main/services/convert/graph/ir';
import { describe, expect, it } from 'vitest';
import { prepareRunner } from '../../../support/runner';
import { TinyGraph } from '../../../support/tiny-graph';
import { modelOf, outputsOf, quantized } from './tiny-quantized';

const missing = prepareRunner();
const CONV = {
  padding: 0,
  stride_w: 1,
  stride_h: 1,
  fused_activation_function: 1,
  dilation_w_factor: 1,
  dilation_h_factor: 1,
  quantized_bias_type: 0,
};
const DEPTHWISE = { ...CONV, depth_multiplier: 1 };

/** A small and a large convolution, one of one channel at a time, and a sum with a constant of its own. */
function network(): TinyGraph {
  const g = new TinyGraph();
  const x = g.input(1, 6, 6, 3);
  const small = g.op('CONV_2D', CONV, x, g.weights(4, 1, 1, 3), g.weights(4));
  const large = g.op('CONV_2D', CONV, small, g.weights(8, 3, 3, 4), g.weights(8));
  const each = g.op('DEPTHWISE_CONV_2D', DEPTHWISE, large, g.weights(1, 5, 5, 8), g.weights(8));
  g.returns(g.op('ADD', { fused_activation_function: 0, pot_scale_int16: true }, each, g.weights(8)));
  return g;
}

const storedIn = (op: Op | undefined, operand: number): string | undefined => {
  const value = op?.inputs[operand];
  return value?.producer?.type === 'DEQUANTIZE' ? value.producer.input(0).dtype : value?.dtype;
};

describe('float16', () => {
  it('stores a bias as its weights are, so that XNNPACK takes the layer, and leaves what would grow', () => {
    const { model } = quantized(network().graph, { precision: 'float16' });
    const ops = [...(model.graphs[0]?.ops ?? [])];
    const convolutions = ops.filter(({ type }) => type === 'CONV_2D');
    // Twelve weights are fewer than the DEQUANTIZE for them takes.
    expect([1, 2].map((i) => storedIn(convolutions[0], i))).toEqual(['float32', 'float32']);
    // Eight elements of bias alone would stay, too: they go with 288 of weights.
    expect([1, 2].map((i) => storedIn(convolutions[1], i))).toEqual(['float16', 'float16']);
    const depthwise = ops.find(({ type }) => type === 'DEPTHWISE_CONV_2D');
    expect([1, 2].map((i) => storedIn(depthwise, i))).toEqual(['float16', 'float16']);
    expect(
      storedIn(
        ops.find(({ type }) => type === 'ADD'),
        1,
      ),
    ).toBe('float32');
    expect(ops.filter(({ type }) => type === 'DEQUANTIZE')).toHaveLength(4);
  });

  it('keeps pairs together under a limit of the recipe, too', () => {
    const { model } = quantized(network().graph, { precision: 'float16', minWeightElements: 250 });
    const ops = [...(model.graphs[0]?.ops ?? [])];
    const depthwise = ops.find(({ type }) => type === 'DEPTHWISE_CONV_2D');
    expect([1, 2].map((i) => storedIn(depthwise, i))).toEqual(['float32', 'float32']);
    expect(ops.filter(({ type }) => type === 'DEQUANTIZE')).toHaveLength(2);
  });

  it.skipIf(missing)('gives what float32 gives to three digits', async () => {
    const { graph } = network();
    const input = Array.from({ length: 108 }, (_, i) => Math.sin(i));
    const [expected = []] = await outputsOf(modelOf(graph), input);
    const [made = []] = await outputsOf(quantized(graph, { precision: 'float16' }).model, input);
    for (const [i, y] of made.entries()) expect(Math.abs(y - (expected[i] ?? NaN))).toBeLessThan(0.02);
  });
});

describe('dynamic range', () => {
  it('warns that depthwise layers become slower, and not where there are none', () => {
    const warnings = (graph: TinyGraph): string =>
      quantized(graph.graph, { precision: 'dynamic' }).report.warnings.join();
    expect(warnings(network())).toMatch(/makes depthwise convolutions slower than float32 \(1 here\)/);
    const g = new TinyGraph();
    g.returns(g.op('CONV_2D', CONV, g.input(1, 6, 6, 3), g.weights(8, 3, 3, 3), g.weights(8)));
    expect(warnings(g)).toBe('');
  });
});

import { describe, expect, it } from 'vitest';
import type { Value } from '@main/services/convert/graph/ir';
import { PLAIN_DENSE } from '@main/services/convert/ops/fully-connected';
import { PLAIN_ADD, PLAIN_MUL } from '@main/services/convert/ops/kit/convolution';
import { clipToRelu } from '@main/services/convert/passes/clip-to-relu';
import { fuseActivation } from '@main/services/convert/passes/fuse-activation';
import { gelu } from '@main/services/convert/passes/gelu';
import { hardSwish } from '@main/services/convert/passes/hard-swish';
import { prelu } from '@main/services/convert/passes/prelu';
import { writeErf } from '@main/services/convert/passes/write-erf';
import { TinyGraph } from '@test/support/tiny-graph';

const add = (g: TinyGraph, a: Value, b: Value): Value => g.op('ADD', PLAIN_ADD, a, b);
const mul = (g: TinyGraph, a: Value, b: Value): Value => g.op('MUL', PLAIN_MUL, a, b);

describe('a fused activation', () => {
  it('is taken over, also through a reshape', () => {
    const g = new TinyGraph();
    const y = g.op('FULLY_CONNECTED', PLAIN_DENSE, g.input(4, 3), g.weights(6, 3), null);
    const relu = g.op('RELU6', {}, g.op('RESHAPE', {}, y, g.ints([2, 2, 6])));
    expect(g.returns(relu).after(fuseActivation)).toEqual(['FULLY_CONNECTED', 'RESHAPE']);
  });

  it('stays apart when the result before is read elsewhere', () => {
    const g = new TinyGraph();
    const sum = add(g, g.input(4, 3), g.weights(3));
    expect(g.returns(sum, g.op('RELU', {}, sum)).after(fuseActivation)).toEqual(['ADD', 'RELU']);
  });

  it('stays apart from an activation before, and from operators that have none', () => {
    const g = new TinyGraph();
    const once = g.op('RELU_N1_TO_1', {}, add(g, g.input(4, 3), g.weights(3)));
    const twice = g.op('RELU', {}, once);
    const sine = g.op('RELU', {}, g.op('TANH', {}, g.input(2)));
    expect(g.returns(twice, sine).after(fuseActivation)).toEqual(['ADD', 'RELU', 'TANH', 'RELU']);
  });
});

describe('clamps', () => {
  const clip = (g: TinyGraph, low: number, high: number, lowFirst: boolean): Value => {
    const x = mul(g, g.input(30), g.scalar(9));
    const [a, b] = [
      ['MAXIMUM', g.scalar(low)],
      ['MINIMUM', g.scalar(high)],
    ] as const;
    const [first, second] = lowFirst ? [a, b] : [b, a];
    return g.op(second[0], {}, g.op(first[0], {}, x, first[1]), second[1]);
  };

  it.each([
    [0, 6, true, 'RELU6'],
    [0, 6, false, 'RELU6'],
    [-1, 1, true, 'RELU_N1_TO_1'],
    [-1, 1, false, 'RELU_N1_TO_1'],
  ])('%d to %d, lower limit first: %s, is %s', (low, high, lowFirst, type) => {
    const g = new TinyGraph();
    expect(g.returns(clip(g, low, high, lowFirst)).after(clipToRelu)).toEqual(['MUL', type]);
  });

  it('of other limits stay two', () => {
    const g = new TinyGraph();
    expect(g.returns(clip(g, 0.5, 6, true)).after(clipToRelu)).toEqual(['MUL', 'MAXIMUM', 'MINIMUM']);
  });
});

describe('formulas', () => {
  it('x * relu6(x + 3) / 6 is HARD_SWISH, in any order', () => {
    const g = new TinyGraph();
    const gate = (x: Value): Value => g.op('RELU6', {}, add(g, x, g.scalar(3)));
    const [a, b, c] = [g.input(9), g.input(9), g.input(9)];
    const inside = mul(g, a, mul(g, gate(a), g.scalar(1 / 6)));
    const outside = g.op('DIV', PLAIN_MUL, mul(g, gate(b), b), g.scalar(6));
    const other = mul(g, c, mul(g, gate(c), g.scalar(1 / 5)));
    expect(g.returns(inside, outside, other).after(hardSwish)).toEqual([
      'ADD',
      'RELU6',
      'MUL',
      'MUL',
      'HARD_SWISH',
      'HARD_SWISH',
    ]);
  });

  it('x / 2 * (1 + erf(x / sqrt 2)) is GELU, with erfc as well', () => {
    const g = new TinyGraph();
    const [a, b] = [g.input(9), g.input(9)];
    const erf = g.op('ERF', {}, g.op('DIV', PLAIN_MUL, a, g.scalar(Math.SQRT2)));
    const sum = mul(g, mul(g, a, g.scalar(0.5)), add(g, erf, g.scalar(1)));
    const complement = g.op('ERF', {}, mul(g, g.op('NEG', {}, b), g.scalar(Math.SQRT1_2)));
    const difference = mul(g, g.op('SUB', PLAIN_ADD, g.scalar(1), complement), mul(g, g.scalar(0.5), b));
    expect(g.returns(sum, difference).after(gelu, writeErf)).toEqual(['GELU', 'GELU']);
  });

  it('the approximation by tanh is GELU', () => {
    const g = new TinyGraph();
    const x = g.input(9);
    const cube = mul(g, mul(g, x, g.op('SQUARE', {}, x)), g.scalar(0.044715));
    const inner = mul(g, add(g, x, cube), g.scalar(Math.sqrt(2 / Math.PI)));
    const y = mul(g, mul(g, add(g, g.op('TANH', {}, inner), g.scalar(1)), g.scalar(0.5)), x);
    expect(g.returns(y).after(gelu)).toEqual(['GELU']);
    expect(g.graph.sorted()[0]?.attrs).toEqual({ approximate: true });
  });

  it('another use of erf is written by means of GELU', () => {
    const g = new TinyGraph();
    const y = g.op('ERF', {}, mul(g, g.floats([0, 1e-6, 1]), g.input(3)));
    expect(g.returns(y, g.op('ERF', {}, g.input(50))).after(gelu, writeErf)).not.toContain('ERF');
  });

  it('relu(x) + c * relu(-x) is PRELU, or LEAKY_RELU for one number', () => {
    const g = new TinyGraph();
    const [a, b] = [g.input(2, 3, 4), g.input(9)];
    const negative = (x: Value): Value => g.op('RELU', {}, g.op('NEG', {}, x));
    const many = add(g, g.op('RELU', {}, a), mul(g, g.weights(1, 4), negative(a)));
    const one = g.op('SUB', PLAIN_ADD, g.op('RELU', {}, b), mul(g, g.scalar(0.25), negative(b)));
    expect(g.returns(many, one).after(prelu)).toEqual(['PRELU', 'LEAKY_RELU']);
  });
});

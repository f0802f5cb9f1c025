import { describe, expect, it } from 'vitest';
import { PLAIN_DENSE } from '@main/services/convert/ops/fully-connected';
import { PLAIN_ADD, PLAIN_MUL } from '@main/services/convert/ops/kit/convolution';
import { FUSED } from '@main/services/convert/ops/kit/fused';
import { centeredNorm } from '@main/services/convert/passes/centered-norm';
import { constantMatmul } from '@main/services/convert/passes/constant-matmul';
import { denseReshape } from '@main/services/convert/passes/dense-reshape';
import { l2Normalization } from '@main/services/convert/passes/l2-normalization';
import { mergeLayout } from '@main/services/convert/passes/merge-layout';
import { neutralConstants } from '@main/services/convert/passes/neutral-constants';
import { reduceKeepDims } from '@main/services/convert/passes/reduce-keep-dims';
import { TinyGraph } from '@test/support/tiny-graph';

describe('reshapes and transposes', () => {
  it('that follow each other are one, or none', () => {
    const g = new TinyGraph();
    const x = g.input(2, 3, 4);
    const once = g.op('RESHAPE', {}, g.op('RESHAPE', {}, x, g.ints([6, 4])), g.ints([2, 12]));
    const back = g.op(
      'RESHAPE',
      {},
      g.op('SQUEEZE', { squeeze_dims: [0] }, g.op('RESHAPE', {}, x, g.ints([1, 24]))),
      g.ints([2, 3, 4]),
    );
    const turned = g.op('TRANSPOSE', {}, g.op('TRANSPOSE', {}, x, g.ints([2, 0, 1])), g.ints([1, 2, 0]));
    const twice = g.op('TRANSPOSE', {}, g.op('TRANSPOSE', {}, x, g.ints([2, 0, 1])), g.ints([0, 2, 1]));
    const outputs = [once, g.op('ABS', {}, back), g.op('ABS', {}, turned), twice];
    expect(
      g
        .returns(...outputs)
        .after(mergeLayout)
        .sort(),
    ).toEqual(['ABS', 'ABS', 'RESHAPE', 'TRANSPOSE']);
  });

  it('that give a reduction its axes back are part of it', () => {
    const g = new TinyGraph();
    const mean = (batch: number) =>
      g.op('MEAN', { keep_dims: false }, g.input(batch, 4, 4, 3), g.ints([1, 2]));
    const outputs = [
      g.op('RESHAPE', {}, mean(1), g.ints([-1, 1, 1, 3])),
      g.op('EXPAND_DIMS', {}, mean(2), g.ints([1], [])),
    ];
    expect(g.returns(...outputs).after(reduceKeepDims)).toEqual(['MEAN', 'MEAN', 'EXPAND_DIMS']);
    expect(outputs[0]?.producer?.attrs).toEqual({ keep_dims: true });
    expect(outputs[1]?.producer?.type).toBe('EXPAND_DIMS');
  });

  it('that move axes of length 1 only are reshapes', () => {
    const g = new TinyGraph();
    const y = g.op('TRANSPOSE', {}, g.input(2, 1, 4, 1), g.ints([1, 0, 3, 2]));
    expect(g.returns(y).after(mergeLayout)).toEqual(['RESHAPE']);
  });

  it('stay where the result in between is an output', () => {
    const g = new TinyGraph();
    const y = g.op('RESHAPE', {}, g.input(2, 3), g.ints([6]));
    expect(g.returns(y, g.op('RESHAPE', {}, y, g.ints([3, 2]))).after(mergeLayout)).toEqual([
      'RESHAPE',
      'RESHAPE',
    ]);
  });
});

describe('dense layers', () => {
  it('flatten and unflatten themselves', () => {
    const g = new TinyGraph();
    const flat = g.op('RESHAPE', {}, g.input(2, 3, 4), g.ints([6, 4]));
    const y = g.op('FULLY_CONNECTED', PLAIN_DENSE, flat, g.weights(5, 4), null);
    expect(g.returns(g.op('RESHAPE', {}, y, g.ints([2, 3, 5]))).after(denseReshape)).toEqual([
      'FULLY_CONNECTED',
    ]);
    expect(g.graph.sorted()[0]?.attrs).toMatchObject({ keep_num_dims: true });
  });

  it('flatten whole pictures', () => {
    const g = new TinyGraph();
    const flat = g.op('RESHAPE', {}, g.input(2, 3, 4), g.ints([2, 12]));
    const y = g.op('FULLY_CONNECTED', PLAIN_DENSE, flat, g.weights(5, 12), null);
    expect(g.returns(y).after(denseReshape)).toEqual(['FULLY_CONNECTED']);
  });

  it('keep a reshape that gives other axes', () => {
    const g = new TinyGraph();
    const flat = g.op('RESHAPE', {}, g.input(2, 3, 4), g.ints([6, 4]));
    const y = g.op('FULLY_CONNECTED', PLAIN_DENSE, flat, g.weights(5, 4), null);
    const other = g.op('RESHAPE', {}, y, g.ints([3, 2, 5]));
    expect(g.returns(other).after(denseReshape)).toEqual(['FULLY_CONNECTED', 'RESHAPE']);
  });

  it('are what a product with a constant matrix is', () => {
    const g = new TinyGraph();
    const plain = { adj_x: false, adj_y: false, asymmetric_quantize_inputs: false };
    const x = g.input(2, 3, 4);
    const y = g.op('BATCH_MATMUL', plain, x, g.weights(1, 4, 5));
    const z = g.op('BATCH_MATMUL', { ...plain, adj_y: true }, x, g.weights(6, 4));
    const batch = g.op('BATCH_MATMUL', plain, x, g.weights(2, 4, 5));
    expect(g.returns(y, z, batch).after(constantMatmul).sort()).toEqual([
      'BATCH_MATMUL',
      'FULLY_CONNECTED',
      'FULLY_CONNECTED',
    ]);
  });
});

describe('normalizations', () => {
  it.each([true, false])('x * s + (b - m * s), negated first: %s, takes the mean off first', (negated) => {
    const g = new TinyGraph();
    const x = g.input(3, 8);
    const mean = g.op('MEAN', { keep_dims: true }, x, g.ints([1]));
    const scale = g.op('MUL', PLAIN_MUL, g.op('ABS', {}, mean), g.weights(8));
    const shift = negated
      ? g.op('ADD', PLAIN_ADD, g.op('MUL', PLAIN_MUL, g.op('NEG', {}, mean), scale), g.weights(8))
      : g.op('SUB', PLAIN_ADD, g.weights(8), g.op('MUL', PLAIN_MUL, mean, scale));
    const y = g.op('ADD', PLAIN_ADD, g.op('MUL', PLAIN_MUL, x, scale), shift);
    expect(g.returns(y).after(centeredNorm)).toEqual(['MEAN', 'ABS', 'SUB', 'MUL', 'MUL', 'ADD']);
  });

  it('x over its norm is L2_NORMALIZATION along the last axis only', () => {
    const g = new TinyGraph();
    const norm = (x = g.input(3, 8), axis = 1, floor = 1e-12) => {
      const sum = g.op('SUM', { keep_dims: true }, g.op('MUL', PLAIN_MUL, x, x), g.ints([axis]));
      return [x, g.op('MAXIMUM', {}, sum, g.scalar(floor))] as const;
    };
    const [a, root] = norm();
    const product = g.op('MUL', PLAIN_MUL, a, g.op('RSQRT', {}, root));
    const [b, square] = norm();
    const quotient = g.op('DIV', { fused_activation_function: FUSED.NONE }, b, g.op('SQRT', {}, square));
    g.returns(product, quotient);
    expect(g.after(l2Normalization)).toEqual(['L2_NORMALIZATION', 'L2_NORMALIZATION']);
    const [c, other] = norm(g.input(3, 8), 0);
    const [d, floored] = norm(g.input(3, 8), 1, 0.01);
    g.returns(
      g.op('MUL', PLAIN_MUL, c, g.op('RSQRT', {}, other)),
      g.op('MUL', PLAIN_MUL, d, g.op('RSQRT', {}, floored)),
    );
    expect(g.after(l2Normalization)).toContain('MAXIMUM');
  });

  it('multiply by what they divided by', () => {
    const g = new TinyGraph();
    const quotient = g.op('DIV', PLAIN_MUL, g.input(2, 3), g.floats([3, -7, 0.1]));
    const infinite = g.op('DIV', PLAIN_MUL, g.input(2, 3), g.floats([1e-45, 1, 1]));
    const types = g.returns(quotient).after(neutralConstants);
    expect(types.sort()).toEqual(['DIV', 'MUL']);
    expect(infinite.producer?.type).toBe('DIV');
  });

  it('lose factors of 1 and terms of 0, but not where they widen the operand', () => {
    const g = new TinyGraph();
    const x = g.op('ABS', {}, g.input(3));
    const y = g.op('ADD', PLAIN_ADD, g.op('MUL', PLAIN_MUL, g.scalar(1), x), g.scalar(0));
    const wide = g.op('MUL', PLAIN_MUL, x, g.floats([1], [1, 1]));
    const inverse = g.op('DIV', PLAIN_MUL, g.scalar(1), g.op('ADD', PLAIN_ADD, x, g.scalar(3)));
    expect(g.returns(y, wide, inverse).after(neutralConstants)).toEqual(['ABS', 'MUL', 'ADD', 'DIV']);
  });
});

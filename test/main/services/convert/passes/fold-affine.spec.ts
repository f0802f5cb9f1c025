import { describe, expect, it } from 'vitest';
import type { Value } from '@main/services/convert/graph/ir';
import { PLAIN_DENSE } from '@main/services/convert/ops/fully-connected';
import { PLAIN_ADD, PLAIN_MUL } from '@main/services/convert/ops/kit/convolution';
import { foldAffineAfter } from '@main/services/convert/passes/fold-affine-after';
import { foldAffineBefore } from '@main/services/convert/passes/fold-affine-before';
import { mergeAffine } from '@main/services/convert/passes/merge-affine';
import { TinyGraph } from '@test/support/tiny-graph';
import { CONV, DEPTHWISE, VALID_CONV } from './attrs';

const LAYERS: Readonly<Record<string, (g: TinyGraph) => Value>> = {
  CONV_2D: (g) => g.op('CONV_2D', CONV, g.input(2, 5, 5, 3), g.weights(4, 3, 3, 3), g.weights(4)),
  DEPTHWISE_CONV_2D: (g) =>
    g.op(
      'DEPTHWISE_CONV_2D',
      { ...DEPTHWISE, depth_multiplier: 2 },
      g.input(1, 5, 5, 2),
      g.weights(1, 3, 3, 4),
      null,
    ),
  TRANSPOSE_CONV: (g) =>
    g.op(
      'TRANSPOSE_CONV',
      { padding: 0, stride_w: 2, stride_h: 2, fused_activation_function: 0, quantized_bias_type: 0 },
      g.ints([1, 6, 6, 4]),
      g.weights(4, 3, 3, 2),
      g.input(1, 3, 3, 2),
    ),
  FULLY_CONNECTED: (g) => g.op('FULLY_CONNECTED', PLAIN_DENSE, g.input(3, 5), g.weights(4, 5), null),
};

describe.each(Object.entries(LAYERS))('what follows %s', (type, layer) => {
  it('folds a batch normalization into weights and bias', () => {
    const g = new TinyGraph();
    const scaled = g.op('MUL', PLAIN_MUL, layer(g), g.weights(4));
    expect(g.returns(g.op('ADD', PLAIN_ADD, scaled, g.weights(4))).after(foldAffineAfter)).toEqual([type]);
  });

  it('folds subtractions both ways round, and divisions', () => {
    const g = new TinyGraph();
    const less = g.op('SUB', PLAIN_ADD, layer(g), g.scalar(0.25));
    const mirrored = g.op('SUB', PLAIN_ADD, g.weights(4), less);
    const divided = g.op('DIV', PLAIN_MUL, mirrored, g.floats([2, 4, 5, 8]));
    expect(g.returns(divided).after(foldAffineAfter)).toEqual([type]);
  });

  it('leaves a result alone that is read elsewhere', () => {
    const g = new TinyGraph();
    const y = layer(g);
    expect(g.returns(y, g.op('ADD', PLAIN_ADD, y, g.weights(4))).after(foldAffineAfter)).toEqual([
      type,
      'ADD',
    ]);
  });

  it('leaves constants alone that differ along other axes', () => {
    const g = new TinyGraph();
    const y = layer(g);
    const rows = y.shape.map((dim, axis) => (axis === y.shape.length - 2 ? dim : 1));
    expect(g.returns(g.op('MUL', PLAIN_MUL, y, g.weights(...rows))).after(foldAffineAfter)).toEqual([
      type,
      'MUL',
    ]);
  });
});

describe('through reshapes', () => {
  it('folds a bias whose axes are the channels taken apart', () => {
    const g = new TinyGraph();
    const y = g.op('FULLY_CONNECTED', PLAIN_DENSE, g.input(6, 5), g.weights(8, 5), null);
    const heads = g.op('RESHAPE', {}, y, g.ints([2, 3, 2, 4]));
    const sum = g.op('ADD', PLAIN_ADD, heads, g.weights(2, 4));
    expect(g.returns(sum).after(foldAffineAfter)).toEqual(['FULLY_CONNECTED', 'RESHAPE']);
  });

  it('leaves a bias alone that is spread over rows', () => {
    const g = new TinyGraph();
    const y = g.op('FULLY_CONNECTED', PLAIN_DENSE, g.input(6, 5), g.weights(4, 5), null);
    const rows = g.op('RESHAPE', {}, y, g.ints([2, 3, 4]));
    const sum = g.op('ADD', PLAIN_ADD, rows, g.weights(3, 4));
    expect(g.returns(sum).after(foldAffineAfter)).toEqual(['FULLY_CONNECTED', 'RESHAPE', 'ADD']);
  });
});

describe('one number for everything', () => {
  it('goes through products of matrices to the layer before, when nobody else reads them', () => {
    const g = new TinyGraph();
    const plain = { adj_x: false, adj_y: true, asymmetric_quantize_inputs: false };
    const keep = { ...PLAIN_DENSE, keep_num_dims: true };
    const scores = (): Value => {
      const query = g.op('FULLY_CONNECTED', keep, g.input(1, 3, 4), g.weights(6, 4), g.weights(6));
      const heads = g.op(
        'TRANSPOSE',
        {},
        g.op('RESHAPE', {}, query, g.ints([1, 3, 2, 3])),
        g.ints([0, 2, 1, 3]),
      );
      return g.op('BATCH_MATMUL', plain, heads, g.input(1, 2, 5, 3));
    };
    const moved = g.op('MUL', PLAIN_MUL, scores(), g.scalar(0.5));
    const read = scores();
    g.returns(moved, read, g.op('DIV', PLAIN_MUL, read, g.scalar(2)));
    const layer = ['FULLY_CONNECTED', 'RESHAPE', 'TRANSPOSE', 'BATCH_MATMUL'];
    expect(g.after(foldAffineAfter)).toEqual([...layer, ...layer, 'DIV']);
  });
});

describe('what precedes a layer', () => {
  it('folds a scaling into a padded convolution, but no offset', () => {
    const g = new TinyGraph();
    const x = g.op(
      'ADD',
      PLAIN_ADD,
      g.op('MUL', PLAIN_MUL, g.input(1, 5, 5, 3), g.weights(3)),
      g.scalar(0.5),
    );
    const y = g.op('CONV_2D', CONV, x, g.weights(4, 3, 3, 3), g.weights(4));
    const z = g.op(
      'CONV_2D',
      CONV,
      g.op('MUL', PLAIN_MUL, y, g.weights(4)),
      g.weights(2, 1, 1, 4),
      g.weights(2),
    );
    expect(g.returns(z).after(foldAffineBefore)).toEqual(['MUL', 'ADD', 'CONV_2D', 'CONV_2D']);
  });

  it('folds both where nothing is padded', () => {
    const g = new TinyGraph();
    const x = g.op('ADD', PLAIN_ADD, g.op('MUL', PLAIN_MUL, g.input(1, 5, 5, 3), g.weights(3)), g.weights(3));
    const y = g.op('CONV_2D', VALID_CONV, x, g.weights(4, 3, 3, 3), g.weights(4));
    expect(g.returns(y).after(foldAffineBefore)).toEqual(['CONV_2D']);
  });

  it('folds both into depthwise and dense layers', () => {
    const g = new TinyGraph();
    const affine = (x: Value, n: number): Value =>
      g.op('ADD', PLAIN_ADD, g.op('MUL', PLAIN_MUL, x, g.weights(n)), g.weights(n));
    const deep = g.op(
      'DEPTHWISE_CONV_2D',
      { ...DEPTHWISE, padding: 1 },
      affine(g.input(1, 4, 4, 3), 3),
      g.weights(1, 2, 2, 3),
      g.weights(3),
    );
    const dense = g.op('FULLY_CONNECTED', PLAIN_DENSE, affine(g.input(2, 6), 6), g.weights(3, 6), null);
    expect(g.returns(deep, dense).after(foldAffineBefore)).toEqual(['DEPTHWISE_CONV_2D', 'FULLY_CONNECTED']);
  });

  it('leaves grouped convolutions and flattening layers alone', () => {
    const g = new TinyGraph();
    const grouped = g.op(
      'CONV_2D',
      VALID_CONV,
      g.op('MUL', PLAIN_MUL, g.input(1, 3, 3, 4), g.weights(4)),
      g.weights(4, 2, 2, 2),
      g.weights(4),
    );
    const flattening = g.op(
      'FULLY_CONNECTED',
      PLAIN_DENSE,
      g.op('MUL', PLAIN_MUL, g.input(2, 3, 2), g.weights(2)),
      g.weights(5, 6),
      null,
    );
    expect(g.returns(grouped, flattening).after(foldAffineBefore)).toHaveLength(4);
  });
});

describe('chains of sums and products with constants', () => {
  const chain = (g: TinyGraph, ...steps: (readonly [type: string, constant: Value])[]): Value =>
    steps.reduce(
      (x, [type, constant]) =>
        g.op(type, type === 'ADD' || type === 'SUB' ? PLAIN_ADD : PLAIN_MUL, x, constant),
      g.input(2, 4, 3),
    );

  it('become one product and one sum', () => {
    const g = new TinyGraph();
    const y = chain(
      g,
      ['MUL', g.scalar(1 / 255)],
      ['SUB', g.weights(3)],
      ['DIV', g.floats([0.5, 2, 4])],
      ['ADD', g.weights(3)],
    );
    expect(g.returns(y).after(mergeAffine)).toEqual(['MUL', 'ADD']);
  });

  it('stay where nothing is saved', () => {
    const g = new TinyGraph();
    const y = chain(g, ['SUB', g.weights(3)], ['MUL', g.weights(3)]);
    expect(g.returns(y).after(mergeAffine)).toEqual(['SUB', 'MUL']);
  });

  it('stay where the constants would grow', () => {
    const g = new TinyGraph();
    const y = chain(g, ['ADD', g.weights(4, 1)], ['ADD', g.weights(3)]);
    expect(g.returns(y).after(mergeAffine)).toEqual(['ADD', 'ADD']);
  });

  it('stay where a value in between is read elsewhere', () => {
    const g = new TinyGraph();
    const x = chain(g, ['MUL', g.weights(3)]);
    expect(g.returns(x, g.op('MUL', PLAIN_MUL, x, g.weights(3))).after(mergeAffine)).toEqual(['MUL', 'MUL']);
  });
});

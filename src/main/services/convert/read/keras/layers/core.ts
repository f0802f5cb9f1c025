import type { LayerContext, LayerTable, WeightSpec } from '../layer';
import type { KerasLayer } from '../model';
import { flatten, reshape, reshapeLike, toChannelsLast, transpose } from '../nodes/layout';
import { biasAdd, cast, compare, matmul } from '../nodes/math';
import { product } from '../nodes/shapes';
import { attr, type Sym } from '../nodes/writer';
import { activate } from './activation-functions';

/** Kernel, and a bias unless it is switched off. */
export const kernelAndBias = (layer: KerasLayer): readonly WeightSpec[] =>
  layer.config.bool('use_bias', true) ? [{ name: 'kernel' }, { name: 'bias' }] : [{ name: 'kernel' }];

/** The input as floats: layers that compute take whole numbers, too. */
export const floatInput = (c: LayerContext, index = 0): Sym => cast(c.w, c.input(index), 'float32');

function dense(c: LayerContext): Sym {
  const x = floatInput(c);
  const kernel = c.weight('kernel');
  if (x.shape.at(-1) !== kernel.shape[0] || kernel.shape.length !== 2)
    return c.refuse(`its kernel [${kernel.shape.join(', ')}] does not fit inputs of [${x.shape.join(', ')}]`);
  const product = matmul(c.w, x, kernel);
  const biased = c.hasWeight('bias') ? biasAdd(c.w, product, c.weight('bias')) : product;
  return activate(c, biased, c.config.get('activation'));
}

function reshapeLayer(c: LayerContext): Sym {
  const x = c.input();
  const target = [...c.config.ints('target_shape')];
  const known = product(x.shape.slice(1));
  const rest = target.indexOf(-1);
  const others = product(target.filter((size) => size !== -1));
  if (rest >= 0 && known >= 0 && others > 0) target[rest] = known / others;
  if (target.some((size) => !Number.isSafeInteger(size)))
    return c.refuse('its target shape does not fit the input');
  return reshapeLike(c.w, x, [{ axis: 0 }, ...target], x);
}

function permute(c: LayerContext): Sym {
  const order = c.config.ints('dims');
  const sorted = [...order].sort((a, b) => a - b);
  if (sorted.some((axis, i) => axis !== i + 1) || order.length !== c.input().shape.length - 1)
    return c.refuse('its order of axes does not fit the input');
  return transpose(c.w, c.input(), [0, ...order]);
}

function repeatVector(c: LayerContext): Sym {
  const x = c.input();
  const times = c.config.int('n');
  const [batch = -1, features = -1] = x.shape;
  const middle = reshape(c.w, x, [batch, 1, features]);
  return c.w.add('Tile', [middle, c.w.ints([1, times, 1])], {
    dtype: x.dtype,
    shape: [batch, times, features],
  });
}

function embedding(c: LayerContext): Sym {
  const ids = cast(c.w, c.input(), 'int32');
  const table = c.weight('embeddings');
  const shape = [...ids.shape, table.shape[1] ?? -1];
  const found = c.w.add(
    'GatherV2',
    [table, ids, c.w.int(0)],
    { dtype: table.dtype, shape },
    {
      Tparams: attr.dtype(table.dtype),
      Tindices: attr.dtype('int32'),
      Taxis: attr.dtype('int32'),
      batch_dims: attr.int(0),
    },
  );
  if (!c.config.bool('mask_zero', false)) return found;
  return { ...found, mask: compare(c.w, 'NotEqual', ids, c.w.int(0)) };
}

function flattenLayer(c: LayerContext): Sym {
  const x = c.input();
  return flatten(c.w, c.config.channelsFirst && x.shape.length > 2 ? toChannelsLast(c.w, x) : x);
}

/** Steps that equal `mask_value` throughout are masked, and set to zero. */
function masking(c: LayerContext): Sym {
  const x = c.input();
  const value = c.w.float(c.config.number('mask_value', 0));
  const differs = compare(c.w, 'NotEqual', x, value);
  const any = (keep: boolean): Sym =>
    c.w.add(
      'Any',
      [differs, c.w.ints([x.shape.length - 1])],
      {
        dtype: 'bool',
        shape: keep ? [...x.shape.slice(0, -1), 1] : x.shape.slice(0, -1),
      },
      { keep_dims: attr.bool(keep) },
    );
  const kept = c.w.add('Mul', [x, cast(c.w, any(true), 'float32')], { dtype: x.dtype, shape: x.shape });
  return { ...kept, mask: any(false) };
}

export const coreLayers: LayerTable = {
  Dense: { weights: kernelAndBias, write: dense, keepsMask: true },
  Flatten: { write: flattenLayer },
  Reshape: { write: reshapeLayer },
  Permute: { write: permute },
  RepeatVector: { write: repeatVector },
  Embedding: { weights: () => [{ name: 'embeddings' }], write: embedding, usesMask: true },
  Masking: { write: masking, usesMask: true },
};

import type { LayerContext, LayerTable, WeightSpec, Value } from '../layer';
import type { KerasLayer } from '../model';
import { expandDims, reshapeLike, sizesOf, transpose } from '../nodes/layout';
import { add, biasAdd, cast, matmul, mul, reduce, sub, unary } from '../nodes/math';
import type { Sym } from '../nodes/writer';
import { softmax } from './activation-functions';
import { floatInput } from './core';

const PARTS = ['query', 'key', 'value', 'output'] as const;

const attentionWeights = (layer: KerasLayer): readonly WeightSpec[] =>
  PARTS.flatMap((name) => {
    const part = `${name}_dense`;
    const kernel = { name: `${name}/kernel`, part };
    return layer.config.bool('use_bias', true) ? [kernel, { name: `${name}/bias`, part }] : [kernel];
  });

/** A tensor given by position or by keyword. */
function operand(c: LayerContext, index: number, name: string): Sym | undefined {
  const value: Value | undefined = c.args[index];
  return c.keyword(name) ?? (value?.kind === 'tensor' ? value.sym : undefined);
}

const isSet = (c: LayerContext, name: string): boolean => {
  const value = c.kwargs.get(name);
  return value?.kind === 'value' && value.value === true;
};

/** [batch, time, features] times a kernel of three dimensions, as one matrix product: [batch, heads, time, size]. */
function project(c: LayerContext, x: Sym, name: string, factor?: number): Sym {
  const { w } = c;
  const [features = 0, heads = 0, size = 0] = c.weight(`${name}/kernel`).shape;
  const flat = matmul(w, x, c.weight(`${name}/kernel`, [features, heads * size], factor));
  const biased = c.hasWeight(`${name}/bias`)
    ? biasAdd(w, flat, c.weight(`${name}/bias`, [heads * size], factor))
    : flat;
  const split = reshapeLike(w, biased, [{ axis: 0 }, { axis: 1 }, heads, size], x);
  return transpose(w, split, [0, 2, 1, 3]);
}

/** A lower triangle of ones: position i sees positions up to i. */
function causalMask(c: LayerContext, query: Sym, key: Sym): Sym {
  const [queries, keys] = [query.shape[1] ?? -1, key.shape[1] ?? -1];
  if (queries < 0 || keys < 0) return openCausalMask(c, query, key);
  if (queries * keys > 2 ** 26) return c.refuse('its causal mask is too large');
  const values = Array.from({ length: queries * keys }, (_, i) => (i % keys > Math.floor(i / keys) ? 0 : 1));
  return c.w.floats(values, [queries, keys]);
}

/** The same for numbers of steps that are known only at run time. */
function openCausalMask({ w }: LayerContext, query: Sym, key: Sym): Sym {
  const shape = [query.shape[1] ?? -1, key.shape[1] ?? -1];
  const sizes = [sizesOf(w, query, 1, 2), sizesOf(w, key, 1, 2), w.int(0)];
  const size = w.add('ConcatV2', sizes, { dtype: 'int32', shape: [2] });
  const ones = w.add('Fill', [size, w.float(1)], { dtype: 'float32', shape });
  return w.add('MatrixBandPart', [ones, w.int(-1), w.int(0)], { dtype: 'float32', shape });
}

/**
 * Hides scores [batch, (heads,) queries, keys] wherever one of the masks (1 = seen) is 0, by a large negative number that is
 * added before the softmax, as Keras does it.
 */
function hideMasked(c: LayerContext, scores: Sym, masks: readonly Sym[]): Sym {
  const { w } = c;
  const heads = scores.shape.length === 4;
  const [first, ...rest] = masks
    .map((mask) => (heads && mask.shape.length === 3 ? expandDims(w, mask, 1) : mask))
    .map((mask) => cast(w, mask, 'float32'));
  if (!first) return scores;
  const seen = rest.reduce((all, mask) => mul(w, all, mask), first);
  return add(w, scores, mul(w, sub(w, w.float(1), seen), w.float(-1e9)));
}

function multiHeadAttention(c: LayerContext): readonly Sym[] {
  const { w, config } = c;
  const query = operand(c, 0, 'query') ?? c.input();
  const value = operand(c, 1, 'value') ?? c.input(1);
  const key = operand(c, 2, 'key') ?? value;
  if (query.shape.length !== 3 || value.shape.length !== 3)
    return c.refuse(
      'attention over more than one axis is not supported; its inputs have to be [batch, time, features]',
    );
  if (config.bool('use_gate', false) || config.get('sliding_window') !== undefined)
    return c.refuse('gates and sliding windows of attention are not supported');
  const size = c.weight('query/kernel').shape[2] ?? 1;
  const q = project(c, query, 'query', 1 / Math.sqrt(size));
  const k = project(c, key, 'key');
  const v = project(c, value, 'value');
  const explicit = operand(c, 3, 'attention_mask');
  const keyMask = value.mask ?? key.mask;
  const masks = [
    ...(explicit ? [explicit] : []),
    ...(query.mask ? [expandDims(w, query.mask, 2)] : []),
    ...(keyMask ? [expandDims(w, keyMask, 1)] : []),
    ...(isSet(c, 'use_causal_mask') ? [causalMask(c, query, key)] : []),
  ];
  const weights = softmax(w, hideMasked(c, matmul(w, q, k, false, true), masks), -1);
  const mixed = transpose(w, matmul(w, weights, v), [0, 2, 1, 3]);
  const [heads = 0, depth = 0, out = 0] = c.weight('output/kernel').shape;
  const joined = reshapeLike(w, mixed, [{ axis: 0 }, { axis: 1 }, heads * depth], query);
  const projected = matmul(w, joined, c.weight('output/kernel', [heads * depth, out]));
  const result = c.hasWeight('output/bias') ? biasAdd(w, projected, c.weight('output/bias')) : projected;
  const masked = { ...result, mask: query.mask };
  return isSet(c, 'return_attention_scores') ? [masked, weights] : [masked];
}

/** Luong's (dot product) and Bahdanau's (additive) attention without projections. */
function simpleAttention(c: LayerContext, scoresOf: (query: Sym, key: Sym) => Sym): readonly Sym[] {
  const { w } = c;
  const query = floatInput(c, 0);
  const value = floatInput(c, 1);
  const key = c.inputs[2] ?? value;
  if (c.keyword('mask'))
    return c.refuse('a mask given as an argument is not supported; let layers hand it on');
  const causal = isSet(c, 'use_causal_mask') || c.config.bool('causal', false);
  const masks = [
    ...(c.input(1).mask ? [expandDims(w, c.input(1).mask as Sym, 1)] : []),
    ...(causal ? [causalMask(c, query, key)] : []),
  ];
  const weights = softmax(w, hideMasked(c, scoresOf(query, key), masks), -1);
  const mixed = matmul(w, weights, value);
  const queryMask = c.input(0).mask;
  const kept = queryMask ? mul(w, mixed, cast(w, expandDims(w, queryMask, 2), 'float32')) : mixed;
  const result = { ...kept, mask: queryMask };
  return isSet(c, 'return_attention_scores') ? [result, weights] : [result];
}

function dotAttention(c: LayerContext): readonly Sym[] {
  if (c.config.string('score_mode', 'dot') !== 'dot')
    return c.refuse("only the score mode 'dot' is supported");
  return simpleAttention(c, (query, key) => {
    const scores = matmul(c.w, query, key, false, true);
    return c.hasWeight('scale') ? mul(c.w, scores, c.weight('scale', [])) : scores;
  });
}

function additiveAttention(c: LayerContext): readonly Sym[] {
  const { w } = c;
  return simpleAttention(c, (query, key) => {
    const sum = unary(w, 'Tanh', add(w, expandDims(w, query, 2), expandDims(w, key, 1)));
    return reduce(w, 'Sum', c.hasWeight('scale') ? mul(w, sum, c.weight('scale')) : sum, [-1], false);
  });
}

const scaleWeight =
  (byDefault: boolean) =>
  (layer: KerasLayer): readonly WeightSpec[] =>
    layer.config.bool('use_scale', byDefault) ? [{ name: 'scale' }] : [];

export const attentionLayers: LayerTable = {
  MultiHeadAttention: { weights: attentionWeights, write: multiHeadAttention, usesMask: true },
  Attention: { weights: scaleWeight(false), write: dotAttention, usesMask: true },
  AdditiveAttention: { weights: scaleWeight(true), write: additiveAttention, usesMask: true },
};

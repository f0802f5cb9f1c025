import type { LayerContext, LayerTable, WeightSpec } from '../layer';
import type { KerasLayer } from '../model';
import { reshapeLike } from '../nodes/layout';
import { add, mul, reduce, sub, unary } from '../nodes/math';
import { axisOf } from '../nodes/shapes';
import { attr, type Sym } from '../nodes/writer';
import { l2Normalize } from './activation-functions';
import { floatInput } from './core';

const scaleAndCenter = (layer: KerasLayer): WeightSpec[] => [
  ...(layer.config.bool('scale', true) ? [{ name: 'gamma' }] : []),
  ...(layer.config.bool('center', true) ? [{ name: 'beta' }] : []),
];

/** One axis or a list of axes, counted from the front. */
function axesOf(c: LayerContext, rank: number, fallback = -1): number[] {
  const axis = c.config.get('axis') ?? fallback;
  const list = typeof axis === 'number' ? [axis] : c.config.ints('axis');
  return list.map((each) => axisOf(each, rank));
}

/** A parameter with size 1 in all dimensions but `axes`. Parameters along the last axes broadcast as they are. */
function spread(c: LayerContext, name: string, x: Sym, axes: readonly number[]): Sym {
  const rank = x.shape.length;
  if (axes.every((axis, i) => axis === rank - axes.length + i)) return c.weight(name);
  const sizes = x.shape.map((size, i) => (axes.includes(i) ? size : 1));
  return c.weight(name, sizes);
}

function batchNorm(c: LayerContext): Sym {
  const { w } = c;
  const x = floatInput(c);
  const rank = x.shape.length;
  const axes = axesOf(c, rank);
  const epsilon = c.config.number('epsilon', 1e-3);
  const mean = spread(c, 'moving_mean', x, axes);
  const variance = spread(c, 'moving_variance', x, axes);
  const gamma = c.hasWeight('gamma') ? spread(c, 'gamma', x, axes) : undefined;
  const beta = c.hasWeight('beta') ? spread(c, 'beta', x, axes) : undefined;
  if (rank === 4 && axes.length === 1 && axes[0] === 3) {
    const channels = mean.shape[0] ?? 0;
    const scale = gamma ?? w.floats(Array<number>(channels).fill(1));
    const offset = beta ?? w.floats(Array<number>(channels).fill(0));
    const parameter = { dtype: x.dtype, shape: [channels] } as const;
    const types = [{ dtype: x.dtype, shape: x.shape }, parameter, parameter, parameter, parameter, parameter];
    const attrs = {
      epsilon: attr.float(epsilon),
      is_training: attr.bool(false),
      data_format: attr.string('NHWC'),
    };
    const [y] = w.addMany('FusedBatchNormV3', [x, scale, offset, mean, variance], types, attrs);
    return y as Sym;
  }
  const inverse = unary(w, 'Rsqrt', add(w, variance, w.float(epsilon)));
  const scale = gamma ? mul(w, inverse, gamma) : inverse;
  const shift = mul(w, mean, scale);
  const offset = beta ? sub(w, beta, shift) : unary(w, 'Neg', shift);
  return add(w, mul(w, x, scale), offset);
}

function centred(c: LayerContext, x: Sym, axes: readonly number[]): { centred: Sym; variance: Sym } {
  const { w } = c;
  const difference = sub(w, x, reduce(w, 'Mean', x, axes, true));
  return { centred: difference, variance: reduce(w, 'Mean', unary(w, 'Square', difference), axes, true) };
}

function layerNorm(c: LayerContext): Sym {
  const { w } = c;
  const x = floatInput(c);
  const axes = axesOf(c, x.shape.length);
  const epsilon = w.float(c.config.number('epsilon', 1e-3));
  const rms = c.config.bool('rms_scaling', false);
  const parts = rms
    ? { centred: x, variance: reduce(w, 'Mean', unary(w, 'Square', x), axes, true) }
    : centred(c, x, axes);
  let y = mul(w, parts.centred, unary(w, 'Rsqrt', add(w, parts.variance, epsilon)));
  if (c.hasWeight('gamma')) y = mul(w, y, spread(c, 'gamma', x, axes));
  return c.hasWeight('beta') && !rms ? add(w, y, spread(c, 'beta', x, axes)) : y;
}

function rmsNorm(c: LayerContext): Sym {
  const { w } = c;
  const x = floatInput(c);
  const axes = axesOf(c, x.shape.length);
  const mean = reduce(w, 'Mean', unary(w, 'Square', x), axes, true);
  const y = mul(w, x, unary(w, 'Rsqrt', add(w, mean, w.float(c.config.number('epsilon', 1e-6)))));
  return mul(w, y, spread(c, 'scale', x, axes));
}

function groupNorm(c: LayerContext): Sym {
  const { w } = c;
  const x = floatInput(c);
  const rank = x.shape.length;
  const [axis = -1] = axesOf(c, rank);
  const channels = x.shape[axis] ?? -1;
  const wanted = c.config.int('groups', 32);
  const groups = wanted === -1 ? channels : wanted;
  if (axis !== rank - 1)
    return c.refuse('only groups along the last axis are supported; permute the data before it');
  if (channels <= 0 || channels % groups !== 0)
    return c.refuse('the number of channels is not a multiple of its groups');
  const keep = Array.from({ length: rank - 1 }, (_, i) => ({ axis: i }));
  const grouped = reshapeLike(w, x, [...keep, groups, channels / groups], x);
  const over = [...Array.from({ length: rank - 2 }, (_, i) => i + 1), rank];
  const { centred: difference, variance } = centred(c, grouped, over);
  let y = mul(w, difference, unary(w, 'Rsqrt', add(w, variance, w.float(c.config.number('epsilon', 1e-3)))));
  if (c.hasWeight('gamma')) y = mul(w, y, c.weight('gamma', [groups, channels / groups]));
  if (c.hasWeight('beta')) y = add(w, y, c.weight('beta', [groups, channels / groups]));
  return reshapeLike(w, y, [...keep, channels], x);
}

export const normalizationLayers: LayerTable = {
  BatchNormalization: {
    keepsMask: true,
    weights: (layer) => [
      ...scaleAndCenter(layer),
      { name: 'moving_mean', trainable: false },
      { name: 'moving_variance', trainable: false },
    ],
    write: batchNorm,
  },
  LayerNormalization: {
    keepsMask: true,
    weights: scaleAndCenter,
    write: layerNorm,
  },
  RMSNormalization: { keepsMask: true, weights: () => [{ name: 'scale' }], write: rmsNorm },
  GroupNormalization: { keepsMask: true, weights: scaleAndCenter, write: groupNorm },
  UnitNormalization: {
    keepsMask: true,
    write: (c) => l2Normalize(c.w, floatInput(c), axesOf(c, c.input().shape.length)),
  },
};

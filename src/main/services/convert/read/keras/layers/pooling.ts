import type { LayerContext, LayerDefinition, LayerTable } from '../layer';
import { reshapeLike, squeeze, expandDims } from '../nodes/layout';
import { binary, cast, mul, reduce } from '../nodes/math';
import { attr, type Sym } from '../nodes/writer';
import { floatInput } from './core';
import { around, asTwoDimensional, channelsLast, outputSizes, widened, type Window } from './window';

function poolWindow(c: LayerContext, rank: number): Window {
  // Keras 1 and 2 called the setting of one-dimensional pooling 'pool_length'.
  const size =
    c.config.get('pool_size') === undefined
      ? c.config.ints('pool_length', rank, 2)
      : c.config.ints('pool_size', rank);
  const strides = c.config.get('strides') === undefined ? size : c.config.ints('strides', rank);
  return {
    size,
    strides,
    dilations: size.map(() => 1),
    same: c.config.string('padding', 'valid') === 'same',
  };
}

function pool(c: LayerContext, op: string, x: Sym, window: Window): Sym {
  const shape = [x.shape[0] ?? -1, ...outputSizes(x, window), x.shape.at(-1) ?? -1];
  return c.w.add(
    op,
    [x],
    { dtype: x.dtype, shape },
    {
      ksize: attr.ints(around(window.size)),
      strides: attr.ints(around(window.strides)),
      padding: attr.string(window.same ? 'SAME' : 'VALID'),
      data_format: attr.string('NHWC'),
      explicit_paddings: attr.ints([]),
    },
  );
}

/**
 * Pooling of three spatial dimensions as two of two: over height and width with the depth counted as batch, then over depth
 * with the pixels as one dimension. For averages this is exact, too: how many values a window has does not depend on the other.
 */
function pool3d(c: LayerContext, op: string, x: Sym, window: Window): Sym {
  const { w } = c;
  const [, depth = -1, height = -1, width = -1, channels = -1] = x.shape;
  const plane = {
    ...window,
    size: window.size.slice(1),
    strides: window.strides.slice(1),
    dilations: [1, 1],
  };
  if ([depth, height, width].some((size) => size < 0))
    return c.refuse('pooling in three dimensions needs a fixed depth, height and width');
  const flat = reshapeLike(w, x, [-1, height, width, channels], x);
  const pooled = pool(c, op, flat, plane);
  const [, high = 0, wide = 0] = pooled.shape;
  const line: Window = {
    size: [window.size[0] ?? 1, 1],
    strides: [window.strides[0] ?? 1, 1],
    dilations: [1, 1],
    same: window.same,
  };
  const batch = x.shape[0] ?? -1;
  const lines = pool(c, op, reshapeLike(w, pooled, [batch, depth, high * wide, channels], pooled), line);
  return reshapeLike(w, lines, [batch, lines.shape[1] ?? -1, high, wide, channels], lines);
}

const pooling = (rank: 1 | 2 | 3, op: string): LayerDefinition => ({
  write: (c) =>
    channelsLast(c, floatInput(c), (x) => {
      const window = poolWindow(c, rank);
      if (x.shape.length !== rank + 2) return c.refuse(`it needs inputs of ${rank + 2} dimensions`);
      if (rank === 1) return asTwoDimensional(c, x, (wide) => pool(c, op, wide, widened(window)));
      return rank === 2 ? pool(c, op, x, window) : pool3d(c, op, x, window);
    }),
});

const globalPooling = (rank: number, op: string): LayerDefinition => ({
  write: (c) => {
    const first = c.config.channelsFirst ? 2 : 1;
    const axes = Array.from({ length: rank }, (_, i) => i + first);
    const keep = c.config.bool('keepdims', false);
    const x = floatInput(c);
    const mask = rank === 1 && op === 'Mean' ? c.input().mask : undefined;
    return mask ? maskedMean(c, x, mask, axes, keep) : reduce(c.w, op, x, axes, keep);
  },
});

/** The mean over the steps that are not masked. */
function maskedMean(c: LayerContext, x: Sym, mask: Sym, axes: readonly number[], keep: boolean): Sym {
  const { w } = c;
  const weights = expandDims(w, cast(w, mask, 'float32'), -1);
  const sum = reduce(w, 'Sum', mul(w, x, weights), axes, keep);
  const count = reduce(w, 'Sum', weights, axes, true);
  return binary(w, 'RealDiv', sum, keep ? count : squeeze(w, count, [1]));
}

function adaptive(rank: number, op: string): LayerDefinition {
  return {
    write: (c) => {
      const sizes = c.config.ints('output_size', rank);
      if (sizes.some((size) => size !== 1))
        return c.refuse('adaptive pooling to more than one value is not supported');
      const first = c.config.channelsFirst ? 2 : 1;
      return reduce(
        c.w,
        op,
        floatInput(c),
        Array.from({ length: rank }, (_, i) => i + first),
        true,
      );
    },
  };
}

const families: [string, string, string][] = [
  ['MaxPooling', 'MaxPool', 'Max'],
  ['MaxPool', 'MaxPool', 'Max'],
  ['AveragePooling', 'AvgPool', 'Mean'],
  ['AvgPool', 'AvgPool', 'Mean'],
];

/** MaxPool2D and AvgPool2D are Keras's aliases. */
export const poolingLayers: LayerTable = Object.fromEntries(
  families.flatMap(([name, op, reduction]) =>
    ([1, 2, 3] as const).flatMap((rank): [string, LayerDefinition][] => [
      [`${name}${rank}D`, pooling(rank, op)],
      [`Global${name}${rank}D`, globalPooling(rank, reduction)],
      [`Adaptive${name}${rank}D`, adaptive(rank, reduction)],
    ]),
  ),
);

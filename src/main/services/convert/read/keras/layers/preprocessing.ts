import { isJsonArray, type Json } from '../../json';
import type { LayerContext, LayerTable } from '../layer';
import type { KerasLayer } from '../model';
import { crop } from '../nodes/layout';
import { add, binary, mul, sub } from '../nodes/math';
import { resize } from '../nodes/resize';
import { axisOf } from '../nodes/shapes';
import type { Sym } from '../nodes/writer';
import { floatInput } from './core';
import { channelsLast } from './window';

/** A number, or a list of numbers (perhaps nested) that is spread along the last axis. */
function numbers(c: LayerContext, name: string, fallback: number): number[] {
  const flat = (json: Json): number[] => {
    if (typeof json === 'number') return [json];
    return isJsonArray(json) ? json.flatMap(flat) : c.refuse(`its setting '${name}' has to be numbers`);
  };
  return flat(c.config.get(name) ?? fallback);
}

const constantOf = (c: LayerContext, values: readonly number[]): Sym =>
  values.length === 1 ? c.w.float(values[0] as number) : c.w.floats(values);

function rescale(c: LayerContext): Sym {
  const scale = numbers(c, 'scale', 1);
  const offset = numbers(c, 'offset', 0);
  const x = floatInput(c);
  const scaled = scale.every((value) => value === 1) ? x : mul(c.w, x, constantOf(c, scale));
  return offset.every((value) => value === 0) ? scaled : add(c.w, scaled, constantOf(c, offset));
}

const learnsStatistics = (layer: KerasLayer): boolean =>
  layer.config.get('mean') === undefined || layer.config.get('variance') === undefined;

/** (x - mean) / max(sqrt(variance), 1e-7), or back with `invert`. */
function normalize(c: LayerContext): Sym {
  const { w } = c;
  const x = floatInput(c);
  const learns = learnsStatistics(c.layer);
  const mean = learns ? Array.from(c.weightValues('mean')) : numbers(c, 'mean', 0);
  const variance = learns ? Array.from(c.weightValues('variance')) : numbers(c, 'variance', 1);
  const deviation = variance.map((value) => Math.max(Math.sqrt(value), 1e-7));
  const shape = statisticsShape(c, x);
  const spread = (values: readonly number[]): Sym =>
    values.length === 1 ? w.float(values[0] as number) : w.floats(values, shape);
  if (c.config.bool('invert', false)) return add(w, spread(mean), mul(w, x, spread(deviation)));
  return binary(w, 'RealDiv', sub(w, x, spread(mean)), spread(deviation));
}

function statisticsShape(c: LayerContext, x: Sym): number[] {
  const json = c.config.get('axis');
  const axes = (typeof json === 'number' ? [json] : isJsonArray(json) ? c.config.ints('axis') : []).map(
    (axis) => axisOf(axis, x.shape.length),
  );
  const shape = x.shape.map((size, i) => (axes.includes(i) ? size : 1));
  return axes.length === 1 && axes[0] === x.shape.length - 1 ? shape.slice(-1) : shape;
}

function resizing(c: LayerContext): Sym {
  const method = c.config.string('interpolation', 'bilinear');
  if (method !== 'nearest' && method !== 'bilinear')
    return c.refuse(`interpolation '${method}' is not supported`);
  for (const setting of ['crop_to_aspect_ratio', 'pad_to_aspect_ratio', 'antialias'])
    if (c.config.bool(setting, false)) return c.refuse(`'${setting}' is not supported`);
  const sizes = [c.config.int('height'), c.config.int('width')] as const;
  const x = method === 'nearest' ? c.input() : floatInput(c);
  return channelsLast(c, x, (data) => resize(c.w, data, method, { sizes }));
}

function centerCrop(c: LayerContext): Sym {
  return channelsLast(c, c.input(), (x) => {
    const [, height = -1, width = -1] = x.shape;
    const cut = (size: number, wanted: number): [number, number] => {
      const rest = size - wanted;
      if (size < 0 || rest < 0)
        return c.refuse('it needs a fixed input size that is not smaller than what it cuts out');
      return [Math.floor(rest / 2), rest - Math.floor(rest / 2)];
    };
    return crop(c.w, x, [
      [0, 0],
      cut(height, c.config.int('height')),
      cut(width, c.config.int('width')),
      [0, 0],
    ]);
  });
}

export const preprocessingLayers: LayerTable = {
  Rescaling: { write: rescale, keepsMask: true },
  Normalization: {
    weights: (layer) =>
      learnsStatistics(layer)
        ? [
            { name: 'mean', trainable: false },
            { name: 'variance', trainable: false },
            { name: 'count', trainable: false },
          ]
        : [],
    write: normalize,
  },
  Resizing: { write: resizing },
  CenterCrop: { write: centerCrop },
};

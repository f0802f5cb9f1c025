import { isJsonArray, type Json } from '../../json';
import type { LayerContext, LayerDefinition, LayerTable } from '../layer';
import { crop, pad, repeatAlong, type Amounts } from '../nodes/layout';
import { resize } from '../nodes/resize';
import type { Sym } from '../nodes/writer';
import { channelsLast } from './window';

/** n, [a, b] per dimension, or [[front, back], ...], as padding and cropping layers take them. */
function amountsOf(c: LayerContext, name: string, rank: number): Amounts {
  const json = c.config.get(name);
  const list: readonly Json[] = isJsonArray(json) ? json : Array<Json>(rank).fill(json ?? 1);
  const isPair = rank === 1 && list.length === 2;
  const each = isPair ? [list] : list;
  const pairs = each.map((item): readonly [number, number] => {
    const [front, back] = isJsonArray(item) ? item : [item, item];
    if (Number.isSafeInteger(front) && Number.isSafeInteger(back) && Number(front) >= 0 && Number(back) >= 0)
      return [Number(front), Number(back)];
    return c.refuse(`its setting '${name}' has to be whole numbers`);
  });
  if (pairs.length !== rank) return c.refuse(`its setting '${name}' does not fit ${rank} dimensions`);
  return [[0, 0], ...pairs, [0, 0]];
}

const padding = (rank: number): LayerDefinition => ({
  write: (c) => channelsLast(c, c.input(), (x) => pad(c.w, x, amountsOf(c, 'padding', rank))),
});

const cropping = (rank: number): LayerDefinition => ({
  write: (c) => channelsLast(c, c.input(), (x) => crop(c.w, x, amountsOf(c, 'cropping', rank))),
});

const repeating = (rank: 1 | 3): LayerDefinition => ({
  write: (c) =>
    channelsLast(c, c.input(), (x) => {
      const size =
        c.config.get('size') === undefined ? c.config.ints('length', rank, 2) : c.config.ints('size', rank);
      return size.reduce((y, times, i) => repeatAlong(c.w, y, i + 1, times), x);
    }),
});

function upsample(c: LayerContext): Sym {
  const method = c.config.string('interpolation', 'nearest');
  if (method !== 'nearest' && method !== 'bilinear')
    return c.refuse(`interpolation '${method}' is not supported`);
  const [rows = 2, columns = 2] = c.config.ints('size', 2, 2);
  return channelsLast(c, c.input(), (x) => resize(c.w, x, method, { factors: [rows, columns] }));
}

export const spatialLayers: LayerTable = {
  ZeroPadding1D: padding(1),
  ZeroPadding2D: padding(2),
  ZeroPadding3D: padding(3),
  Cropping1D: cropping(1),
  Cropping2D: cropping(2),
  Cropping3D: cropping(3),
  UpSampling1D: repeating(1),
  UpSampling2D: { write: upsample },
  UpSampling3D: repeating(3),
};

import { axisOf, mapSize, product } from './shapes';
import { attr, type Attrs, type NodeWriter, type Sym } from './writer';

/** [front, back] per dimension. */
export type Amounts = readonly (readonly [number, number])[];

/** Gives `x` another shape. At most one dimension of `shape` may be unknown (-1): it is worked out when the model runs. */
export function reshape(w: NodeWriter, x: Sym, shape: readonly number[]): Sym {
  if (shape.length === x.shape.length && shape.every((size, i) => size === x.shape[i])) return x;
  return w.add('Reshape', [x, w.ints(shape)], { dtype: x.dtype, shape });
}

/**
 * Gives `x` a shape of which several dimensions are only known at run time: those given as `{ axis }` are taken from
 * `of`'s dimension of that number.
 */
export function reshapeLike(
  w: NodeWriter,
  x: Sym,
  shape: readonly (number | { readonly axis: number })[],
  of: Sym,
): Sym {
  const known = shape.map((size) => (typeof size === 'number' ? size : (of.shape[size.axis] as number)));
  if (known.filter((size) => size < 0).length <= 1) return reshape(w, x, known);
  const sizes = w.add(
    'Shape',
    [of],
    { dtype: 'int32', shape: [of.shape.length] },
    { out_type: attr.dtype('int32') },
  );
  const parts = shape.map((size, i) => {
    if (typeof size === 'number' || (known[i] as number) >= 0) return w.int(known[i] as number);
    return elementOf(w, sizes, size.axis);
  });
  const packed = w.add(
    'Pack',
    parts,
    { dtype: 'int32', shape: [parts.length] },
    { axis: attr.int(0), N: attr.int(parts.length) },
  );
  return w.add('Reshape', [x, packed], { dtype: x.dtype, shape: known });
}

/** One dimension of a tensor's shape, as a scalar. */
export function elementOf(w: NodeWriter, sizes: Sym, axis: number): Sym {
  return w.add(
    'StridedSlice',
    [sizes, w.ints([axis]), w.ints([axis + 1]), w.ints([1])],
    { dtype: 'int32', shape: [] },
    sliceMasks({ shrink: 1 }),
  );
}

/** Dimensions `from` to `to` (exclusive) of `x` as a tensor, worked out when the model runs. */
export function sizesOf(w: NodeWriter, x: Sym, from: number, to: number): Sym {
  const type = { dtype: 'int32', shape: [x.shape.length] } as const;
  const sizes = w.add('Shape', [x], type, { out_type: attr.dtype('int32') });
  const slice = { dtype: 'int32', shape: [to - from] } as const;
  return w.add('StridedSlice', [sizes, w.ints([from]), w.ints([to]), w.ints([1])], slice, sliceMasks({}));
}

/** Masks of a StridedSlice; those left out are 0. */
export const sliceMasks = (masks: {
  begin?: number;
  end?: number;
  shrink?: number;
  ellipsis?: number;
  newAxis?: number;
}): Attrs => ({
  begin_mask: attr.int(masks.begin ?? 0),
  end_mask: attr.int(masks.end ?? 0),
  ellipsis_mask: attr.int(masks.ellipsis ?? 0),
  new_axis_mask: attr.int(masks.newAxis ?? 0),
  shrink_axis_mask: attr.int(masks.shrink ?? 0),
});

export function transpose(w: NodeWriter, x: Sym, order: readonly number[]): Sym {
  if (order.every((axis, i) => axis === i)) return x;
  return w.add('Transpose', [x, w.ints(order)], {
    dtype: x.dtype,
    shape: order.map((axis) => x.shape[axis] as number),
  });
}

export function expandDims(w: NodeWriter, x: Sym, axis: number): Sym {
  const at = axisOf(axis, x.shape.length + 1);
  const shape = [...x.shape.slice(0, at), 1, ...x.shape.slice(at)];
  return w.add('ExpandDims', [x, w.int(at)], { dtype: x.dtype, shape });
}

export function squeeze(w: NodeWriter, x: Sym, axes: readonly number[]): Sym {
  const over = axes.map((axis) => axisOf(axis, x.shape.length));
  const shape = x.shape.filter((_, i) => !over.includes(i));
  return w.add('Squeeze', [x], { dtype: x.dtype, shape }, { squeeze_dims: attr.ints(over) });
}

/** Pads each dimension by [front, back] with one value. */
export function pad(w: NodeWriter, x: Sym, amounts: Amounts, value = 0): Sym {
  if (amounts.every(([front, back]) => front === 0 && back === 0)) return x;
  const shape = x.shape.map((size, i) =>
    mapSize(size, (n) => n + (amounts[i]?.[0] ?? 0) + (amounts[i]?.[1] ?? 0)),
  );
  const paddings = w.ints(amounts.flat(), [amounts.length, 2]);
  if (value === 0) return w.add('Pad', [x, paddings], { dtype: x.dtype, shape });
  return w.add('PadV2', [x, paddings, w.float(value)], { dtype: x.dtype, shape });
}

/** Cuts `front` and `back` elements off each dimension. */
export function crop(w: NodeWriter, x: Sym, amounts: Amounts): Sym {
  if (amounts.every(([front, back]) => front === 0 && back === 0)) return x;
  const begin = amounts.map(([front]) => front);
  const end = amounts.map(([, back]) => -back);
  const shape = x.shape.map((size, i) =>
    mapSize(size, (n) => n - (amounts[i]?.[0] ?? 0) - (amounts[i]?.[1] ?? 0)),
  );
  const mask = (values: readonly number[]): number =>
    values.reduce((bits, value, i) => (value === 0 ? bits | (1 << i) : bits), 0);
  return w.add(
    'StridedSlice',
    [x, w.ints(begin), w.ints(end), w.ints(begin.map(() => 1))],
    { dtype: x.dtype, shape },
    sliceMasks({ begin: mask(begin), end: mask(end) }),
  );
}

export function concat(w: NodeWriter, parts: readonly Sym[], axis: number): Sym {
  const [first] = parts as [Sym];
  const at = axisOf(axis, first.shape.length);
  const sizes = parts.map((part) => part.shape[at] ?? -1);
  const total = sizes.some((size) => size < 0) ? -1 : sizes.reduce((a, b) => a + b, 0);
  const shape = first.shape.map((size, i) =>
    i === at ? total : Math.max(size, ...parts.map((part) => part.shape[i] ?? -1)),
  );
  return w.add(
    'ConcatV2',
    [...parts, w.int(at)],
    { dtype: first.dtype, shape },
    { N: attr.int(parts.length) },
  );
}

/** [batch, everything else]. */
export function flatten(w: NodeWriter, x: Sym): Sym {
  if (x.shape.length === 2) return x;
  if (x.shape.length === 1) return expandDims(w, x, -1);
  const rest = product(x.shape.slice(1));
  if (rest >= 0 || (x.shape[0] ?? -1) >= 0) return reshape(w, x, [x.shape[0] ?? -1, rest]);
  return reshapeLike(w, x, [{ axis: 0 }, -1], x);
}

/** Moves the channels of `channels_first` data last, and back. */
export const toChannelsLast = (w: NodeWriter, x: Sym): Sym => {
  const rank = x.shape.length;
  return transpose(w, x, [0, ...Array.from({ length: rank - 2 }, (_, i) => i + 2), 1]);
};
export const toChannelsFirst = (w: NodeWriter, x: Sym): Sym => {
  const rank = x.shape.length;
  return transpose(w, x, [0, rank - 1, ...Array.from({ length: rank - 2 }, (_, i) => i + 1)]);
};

/** Every element along `axis` `times` times, one behind the other. */
export function repeatAlong(w: NodeWriter, x: Sym, axis: number, times: number): Sym {
  if (times === 1) return x;
  const wide = expandDims(w, x, axis + 1);
  const counts = wide.shape.map((_, i) => (i === axis + 1 ? times : 1));
  const tiled = w.add('Tile', [wide, w.ints(counts)], {
    dtype: x.dtype,
    shape: wide.shape.map((size, i) => (i === axis + 1 ? times : size)),
  });
  const sizes = x.shape.map((size, i) =>
    i === axis ? mapSize(size, (n) => n * times) : size < 0 ? { axis: i } : size,
  );
  return reshapeLike(w, tiled, sizes, x);
}

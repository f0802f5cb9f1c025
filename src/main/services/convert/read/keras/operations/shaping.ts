import { einsum } from '../layers/einsum-dense';
import { concat, expandDims, pad, repeatAlong, reshapeLike, squeeze, transpose } from '../nodes/layout';
import { matmul } from '../nodes/math';
import { resize } from '../nodes/resize';
import { axisOf, mapSize, product } from '../nodes/shapes';
import { attr, type Sym } from '../nodes/writer';
import type { Operation, OperationCall } from './operation';

const X = ['x', 'tensor', 'input', 'inputs', 'a', 'x1', 'images'] as const;

const reshape: Operation = (o) => {
  const x = o.tensor(0, X);
  const wanted = [...(o.ints(1, 'newshape', 'shape') ?? o.c.refuse('its new shape is missing'))];
  const [batch = -1, ...rest] = x.shape;
  const known = product(rest);
  // With a batch of any size, -1 in front stands for it where the rest takes up all other elements.
  if (wanted[0] === -1 && known >= 0 && product(wanted.slice(1)) === known)
    return reshapeLike(o.c.w, x, [batch, ...wanted.slice(1)], x);
  const total = product(x.shape);
  const others = product(wanted.filter((size) => size !== -1));
  const shape = wanted.map((size) => (size === -1 && total >= 0 && others > 0 ? total / others : size));
  if (shape.filter((size) => size < 0).length > 1 || shape.some((size) => !Number.isInteger(size)))
    return o.c.refuse('its new shape does not fit');
  return o.c.w.add('Reshape', [x, o.c.w.ints(shape)], { dtype: x.dtype, shape });
};

const reverseOrder = (rank: number): number[] => Array.from({ length: rank }, (_, i) => rank - 1 - i);

const permute: Operation = (o) => {
  const x = o.tensor(0, X);
  const rank = x.shape.length;
  return transpose(
    o.c.w,
    x,
    (o.ints(1, 'axes', 'perm') ?? reverseOrder(rank)).map((axis) => axisOf(axis, rank)),
  );
};

/** Axis `from` moves to place `to`, the others keep their order. */
function moved(rank: number, from: readonly number[], to: readonly number[]): number[] {
  const order: number[] = Array.from({ length: rank }, (_, i) => i).filter((axis) => !from.includes(axis));
  const pairs = from.map((axis, i) => [to[i] ?? 0, axis] as const).sort((a, b) => a[0] - b[0]);
  for (const [place, axis] of pairs) order.splice(place, 0, axis);
  return order;
}

const moveAxis: Operation = (o) => {
  const x = o.tensor(0, X);
  const rank = x.shape.length;
  const axes = (index: number, name: string): number[] =>
    (o.ints(index, name) ?? []).map((axis) => axisOf(axis, rank));
  return transpose(o.c.w, x, moved(rank, axes(1, 'source'), axes(2, 'destination')));
};

const swapAxes: Operation = (o) => {
  const x = o.tensor(0, X);
  const rank = x.shape.length;
  const a = axisOf(o.number(1, ['axis1']), rank);
  const b = axisOf(o.number(2, ['axis2']), rank);
  return transpose(
    o.c.w,
    x,
    x.shape.map((_, i) => (i === a ? b : i === b ? a : i)),
  );
};

const squeezeAxes: Operation = (o) => {
  const x = o.tensor(0, X);
  const ones = x.shape.flatMap((size, i) => (size === 1 ? [i] : []));
  return squeeze(o.c.w, x, o.ints(1, 'axis') ?? ones);
};

const stack: Operation = (o) => {
  const parts = o.list(0, 'x', 'values');
  const [first] = parts;
  if (!first) return o.c.refuse('it is given no tensors');
  const axis = axisOf(o.number(1, ['axis'], 0), first.shape.length + 1);
  const shape = [...first.shape.slice(0, axis), parts.length, ...first.shape.slice(axis)];
  return o.c.w.add(
    'Pack',
    parts,
    { dtype: first.dtype, shape },
    { axis: attr.int(axis), N: attr.int(parts.length) },
  );
};

const split: Operation = (o) => {
  const x = o.tensor(0, [...X, 'value']);
  const axis = axisOf(o.number(2, ['axis'], 0), x.shape.length);
  const size = x.shape[axis] ?? -1;
  const given = o.ints(1, 'indices_or_sections', 'num_or_size_splits') ?? [];
  const isList = Array.isArray(
    o.plain(o.find(1, 'indices_or_sections', 'num_or_size_splits') ?? o.c.refuse('its parts are missing')),
  );
  const sizes = partSizes(o, size, given, isList);
  const types = sizes.map((part) => ({
    dtype: x.dtype,
    shape: x.shape.map((n, i) => (i === axis ? part : n)),
  }));
  return o.c.w.addMany('SplitV', [x, o.c.w.ints(sizes), o.c.w.int(axis)], types, {
    num_split: attr.int(sizes.length),
  });
};

/** A number of equal parts; Keras 3 takes places to cut at, TensorFlow the sizes of the parts. */
function partSizes(o: OperationCall, size: number, given: readonly number[], isList: boolean): number[] {
  if (size < 0) return o.c.refuse('the axis that it splits has no fixed size');
  if (!isList) {
    const count = given[0] ?? 1;
    if (!(count > 0) || size % count !== 0) return o.c.refuse('it cannot be split into equal parts');
    return Array.from({ length: count }, () => size / count);
  }
  if (o.c.layer.className === 'TFOpLambda') {
    const rest = size - given.filter((part) => part > 0).reduce((a, b) => a + b, 0);
    return given.map((part) => (part < 0 ? rest : part));
  }
  return [...given, size].map((at, i) => at - (i === 0 ? 0 : (given[i - 1] ?? 0)));
}

const tile: Operation = (o) => {
  const x = o.tensor(0, X);
  const given = o.ints(1, 'repeats', 'multiples') ?? [];
  const times = [...x.shape.slice(given.length).map(() => 1), ...given];
  if (times.length !== x.shape.length) return o.c.refuse('it adds dimensions');
  const shape = x.shape.map((size, i) => mapSize(size, (n) => n * (times[i] ?? 1)));
  return o.c.w.add('Tile', [x, o.c.w.ints(times)], { dtype: x.dtype, shape });
};

const padding: Operation = (o) => {
  if (o.text(2, ['mode'], 'constant').toLowerCase() !== 'constant')
    return o.c.refuse('only padding with a constant is supported');
  const x = o.tensor(0, X);
  const flat = o.ints(1, 'pad_width', 'paddings') ?? [];
  const whole = flat.length === 1 ? [flat[0] ?? 0, flat[0] ?? 0] : flat;
  const amounts = x.shape.map((_, i): readonly [number, number] =>
    whole.length === 2 ? [whole[0] ?? 0, whole[1] ?? 0] : [whole[2 * i] ?? 0, whole[2 * i + 1] ?? 0],
  );
  return pad(o.c.w, x, amounts, o.number(-1, ['constant_values'], 0));
};

const resizeImage: Operation = (o) => {
  const method = o.text(-1, ['interpolation', 'method'], 'bilinear');
  const [height = 0, width = 0] = o.ints(1, 'size') ?? [];
  const plain = ['antialias', 'crop_to_aspect_ratio', 'pad_to_aspect_ratio', 'preserve_aspect_ratio'].every(
    (name) => !o.bool(-1, [name], false),
  );
  if (!plain || (method !== 'bilinear' && method !== 'nearest'))
    return o.c.refuse('this way to resize is not supported');
  return resize(o.c.w, o.tensor(0, X), method, { sizes: [height, width] });
};

const take: Operation = (o) => {
  const x = o.tensor(0, [...X, 'params']);
  const axis = axisOf(o.number(2, ['axis'], 0), x.shape.length);
  const indices = o.tensor(1, ['indices'], 'int32');
  const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
  return o.c.w.add(
    'GatherV2',
    [x, indices, o.c.w.int(axis)],
    { dtype: x.dtype, shape },
    { batch_dims: attr.int(0) },
  );
};

const flip: Operation = (o) => {
  const x = o.tensor(0, X);
  const axes = (o.ints(1, 'axis') ?? x.shape.map((_, i) => i)).map((axis) => axisOf(axis, x.shape.length));
  return o.c.w.add('ReverseV2', [x, o.c.w.ints(axes)], { dtype: x.dtype, shape: x.shape });
};

const multiplyMatrices: Operation = (o) =>
  matmul(
    o.c.w,
    o.tensor(0, ['x1', 'a', 'x']),
    o.tensor(1, ['x2', 'b', 'y']),
    o.bool(-1, ['transpose_a', 'adjoint_a'], false),
    o.bool(-1, ['transpose_b', 'adjoint_b'], false),
  );

const summation: Operation = (o) => {
  const operands: readonly Sym[] = o.c.inputs;
  return einsum(o.c, o.text(0, ['subscripts', 'equation'], ''), operands);
};

export const shapingOperations: Readonly<Record<string, Operation>> = {
  reshape,
  transpose: permute,
  permute,
  moveaxis: moveAxis,
  swapaxes: swapAxes,
  expanddims: (o) =>
    (o.ints(1, 'axis') ?? [-1]).reduce((x, axis) => expandDims(o.c.w, x, axis), o.tensor(0, X)),
  squeeze: squeezeAxes,
  concatenate: (o) => concat(o.c.w, o.list(0, 'xs', 'values'), o.number(1, ['axis'], 0)),
  concat: (o) => concat(o.c.w, o.list(0, 'xs', 'values'), o.number(1, ['axis'], 0)),
  stack,
  split,
  tile,
  repeat: (o) => {
    const x = o.tensor(0, X);
    const axis = axisOf(o.number(2, ['axis']), x.shape.length);
    return repeatAlong(o.c.w, x, axis, o.number(1, ['repeats']));
  },
  pad: padding,
  resize: resizeImage,
  take,
  gather: take,
  flip,
  reverse: flip,
  matmul: multiplyMatrices,
  einsum: summation,
};

import { cast, mul, reduce, sub, unary } from '../nodes/math';
import { axisOf } from '../nodes/shapes';
import { attr, type Sym } from '../nodes/writer';
import type { Operation, OperationCall } from './operation';

const X = ['x', 'input_tensor', 'input', 'a'] as const;
const KEEP = ['keepdims', 'keep_dims'] as const;

const reduction =
  (op: string): Operation =>
  (o) =>
    reduce(o.c.w, op, o.tensor(0, X), o.ints(1, 'axis'), o.bool(2, KEEP, false));

function variance(o: OperationCall): Sym {
  const { w } = o.c;
  const x = o.tensor(0, X);
  const axes = o.ints(1, 'axis');
  const difference = sub(w, x, reduce(w, 'Mean', x, axes, true));
  return reduce(w, 'Mean', unary(w, 'Square', difference), axes, o.bool(2, KEEP, false));
}

const extreme =
  (op: string): Operation =>
  (o) => {
    const x = o.tensor(0, X);
    const axis = axisOf(o.number(1, ['axis'], -1), x.shape.length);
    const keep = o.bool(2, KEEP, false);
    const found = o.c.w.add(
      op,
      [x, o.c.w.int(axis)],
      { dtype: 'int32', shape: x.shape.filter((_, i) => i !== axis) },
      {
        output_type: attr.dtype('int32'),
      },
    );
    if (!keep) return found;
    const shape = x.shape.map((size, i) => (i === axis ? 1 : size));
    return o.c.w.add('ExpandDims', [found, o.c.w.int(axis)], { dtype: 'int32', shape });
  };

/** Sum of squares, absolute values or the like: only the Euclidean norm is common. */
const norm: Operation = (o) => {
  const { w } = o.c;
  const order = o.find(-1, 'ord');
  const kind = order === undefined ? 'euclidean' : o.plain(order);
  if (kind !== 'euclidean' && kind !== 2) return o.c.refuse('only the Euclidean norm is supported');
  const x = o.tensor(0, [...X, 'tensor']);
  return unary(w, 'Sqrt', reduce(w, 'Sum', mul(w, x, x), o.ints(-1, 'axis'), o.bool(-1, KEEP, false)));
};

export const reductionOperations: Readonly<Record<string, Operation>> = {
  mean: reduction('Mean'),
  sum: reduction('Sum'),
  max: reduction('Max'),
  min: reduction('Min'),
  prod: reduction('Prod'),
  any: reduction('Any'),
  all: reduction('All'),
  amax: reduction('Max'),
  amin: reduction('Min'),
  reducemean: reduction('Mean'),
  reducesum: reduction('Sum'),
  reducemax: reduction('Max'),
  reducemin: reduction('Min'),
  reduceprod: reduction('Prod'),
  reduceany: reduction('Any'),
  reduceall: reduction('All'),
  countnonzero: (o) =>
    reduce(o.c.w, 'Sum', cast(o.c.w, cast(o.c.w, o.tensor(0, X), 'bool'), 'int32'), o.ints(1, 'axis'), false),
  var: variance,
  reducevariance: variance,
  std: (o) => unary(o.c.w, 'Sqrt', variance(o)),
  reducestd: (o) => unary(o.c.w, 'Sqrt', variance(o)),
  norm,
  argmax: extreme('ArgMax'),
  argmin: extreme('ArgMin'),
};

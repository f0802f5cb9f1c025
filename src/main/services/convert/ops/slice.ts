import type { Op, Value } from '../graph/ir';
import { defineOp, type LowerContext } from './op';
import { elementsOf, known } from './kit/constants';
import { walkElements } from './kit/move';
import { asInt32 } from './kit/reshape';
import { stridesOf } from './kit/shapes';
import { versions } from './kit/versions';

const version = versions('1.14.0', '1.14.0', '1.14.0', '2.4.0', '2.5.0', '2.14.0');

/** Begin and size per dimension; size is -1 where it is not known, begin is undefined likewise. */
const boundsOf = (input: Value, begin: Value, size: Value) => {
  const [from, count] = [elementsOf(begin), elementsOf(size)];
  return input.shape.map((dim, axis) => {
    const start = from?.[axis] ?? 'unknown';
    const length = count?.[axis] ?? 'unknown';
    const first = typeof start === 'number' ? start : undefined;
    if (typeof length !== 'number') return { begin: first, size: -1 };
    const rest = dim === -1 || first === undefined ? -1 : dim - first;
    const taken = length === -1 ? rest : length;
    if (first !== undefined && dim !== -1 && (first < 0 || taken < 0 || first + taken > dim))
      throw new Error(`${taken} elements from ${first} on are outside of a dimension of ${dim}`);
    return { begin: first, size: taken };
  });
};

const opBounds = (op: Op) => boundsOf(op.input(0), op.input(1), op.input(2));

const lower = (context: LowerContext): Value => {
  const [input, begin, size] = [context.input(0), context.input(1), context.input(2)];
  const bounds = boundsOf(input, begin, size);
  const [begins, sizes] = [elementsOf(begin), elementsOf(size)];
  const whole = bounds.every(
    (bound, axis) =>
      begins?.[axis] === 0 && (sizes?.[axis] === -1 || (bound.size >= 0 && bound.size === input.shape[axis])),
  );
  return whole ? input : context.emit1('SLICE', {}, [input, asInt32(context, begin), asInt32(context, size)]);
};

export const op = defineOp({
  type: 'SLICE',
  code: 65,
  quantization: { rule: 'same', operands: [0], int16Kernel: true },
  version: (op) => {
    const { dtype, shape } = op.input(0);
    if (dtype === 'uint32') return version(6);
    if (shape.length > 4) return version(5);
    if (dtype === 'int16') return version(4);
    if (dtype === 'string') return version(3);
    return version(dtype === 'int8' ? 2 : 1);
  },
  infer: (op) => [{ dtype: op.input(0).dtype, shape: opBounds(op).map((bound) => bound.size) }],
  fold([input], op) {
    if (!input) return undefined;
    const strides = stridesOf(input.shape);
    const offset = opBounds(op).reduce((sum, { begin }, i) => sum + (begin ?? 0) * (strides[i] ?? 0), 0);
    const data = walkElements(input, { shape: op.output().shape, strides, offset });
    return data && [data];
  },
  shapeElements(op) {
    const elements = elementsOf(op.input(0));
    const [bound, ...others] = opBounds(op);
    if (!elements || bound?.begin === undefined || bound.size < 0 || others.length > 0) return undefined;
    return known(elements.slice(bound.begin, bound.begin + bound.size));
  },
  lower: { Slice: lower },
});

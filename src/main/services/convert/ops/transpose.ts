import { constantNumbers } from '../graph/constant';
import type { Op, Value } from '../graph/ir';
import { defineOp, type LowerContext } from './op';
import { walkElements } from './kit/move';
import { emitReshape } from './kit/reshape';
import { normalAxis, stridesOf } from './kit/shapes';
import { versions } from './kit/versions';

const version = versions('1.6.0', '1.14.0', '1.15.0', '2.3.0', '2.4.0', '2.12.0', '2.14.4', '2.22.0');

const permutation = (op: Op): number[] => {
  const rank = op.input(0).shape.length;
  const perm = constantNumbers(op.input(1))?.map((axis) => normalAxis(axis, rank));
  if (!perm) throw new Error('its permutation is not constant');
  if (perm.length !== rank || new Set(perm).size !== rank)
    throw new Error(`[${perm.join(',')}] is no permutation of ${rank} dimensions`);
  return perm;
};

/** `value` with its dimensions in the order `perm`; a reshape where only dimensions of 1 move. */
export const emitTranspose = (context: LowerContext, value: Value, perm: readonly number[]): Value => {
  const { producer, shape } = value;
  if (perm.every((axis, i) => axis === i)) return value;
  const inner = producer?.type === 'TRANSPOSE' ? constantNumbers(producer.input(1)) : undefined;
  if (producer && inner)
    return emitTranspose(
      context,
      producer.input(0),
      perm.map((axis) => inner[axis] ?? 0),
    );
  const moving = perm.filter((axis) => shape[axis] !== 1);
  const inOrder = moving.every((axis, i) => i === 0 || axis > (moving[i - 1] ?? 0));
  if (inOrder && shape.filter((dim) => dim === -1).length <= 1)
    return emitReshape(
      context,
      value,
      perm.map((axis) => shape[axis] ?? 1),
    );
  return context.emit1('TRANSPOSE', {}, [value, context.ints32(perm)]);
};

export const op = defineOp({
  type: 'TRANSPOSE',
  code: 39,
  quantization: { rule: 'same', operands: [0], int16Kernel: true },
  version: (op) => {
    const { dtype, shape } = op.input(0);
    if (shape.length > 6) return version(8);
    if (shape.length > 5) return version(6);
    if (dtype === 'int16') return version(5);
    if (shape.length > 4) return version(4);
    if (dtype === 'bool') return version(3);
    return version(dtype === 'int8' ? 2 : 1);
  },
  infer(op) {
    const { dtype, shape } = op.input(0);
    return [{ dtype, shape: permutation(op).map((axis) => shape[axis] ?? 1) }];
  },
  identity: (op) => (permutation(op).every((axis, i) => axis === i) ? op.input(0) : undefined),
  fold([input], op) {
    if (!input) return undefined;
    const strides = stridesOf(input.shape);
    const walk = { shape: op.output().shape, strides: permutation(op).map((axis) => strides[axis] ?? 0) };
    const data = walkElements(input, walk);
    return data && [data];
  },
  lower: {
    Transpose: (context) => {
      const rank = context.input(0).shape.length;
      return emitTranspose(
        context,
        context.input(0),
        context.constantInts(1).map((axis) => normalAxis(axis, rank)),
      );
    },
  },
});

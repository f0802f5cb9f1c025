import { constantNumbers } from '../graph/constant';
import type { Value } from '../graph/ir';
import { defineOp, type LowerContext } from './op';
import { emitReshape } from './kit/reshape';
import { normalAxis } from './kit/shapes';
import { versions } from './kit/versions';

const version = versions('1.10.0');

const expanded = (shape: readonly number[], axis: number): number[] =>
  shape.toSpliced(normalAxis(axis, shape.length + 1), 0, 1);

/** `value` with a new dimension of 1 at `axis` of the result. */
export const emitExpandDims = (context: LowerContext, value: Value, axis: number): Value => {
  const shape = expanded(value.shape, axis);
  if (shape.filter((dim) => dim === -1).length <= 1) return emitReshape(context, value, shape);
  return context.emit1('EXPAND_DIMS', {}, [value, context.scalar('int32', axis)]);
};

export const op = defineOp({
  type: 'EXPAND_DIMS',
  code: 70,
  quantization: { rule: 'same', operands: [0], int16Kernel: true },
  version: () => version(1),
  infer(op) {
    const [axis] = constantNumbers(op.input(1)) ?? [];
    if (axis === undefined) throw new Error('its axis is not constant');
    return [{ dtype: op.input(0).dtype, shape: expanded(op.input(0).shape, axis) }];
  },
  fold: ([input]) => (input ? [input.data] : undefined),
  shapeElements: (op) => op.input(0).shapeElements,
  lower: {
    ExpandDims: (context) => emitExpandDims(context, context.input(0), context.constantInts(1)[0] ?? 0),
  },
});

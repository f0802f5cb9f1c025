import type { Op } from '../graph/ir';
import { defineOp } from './op';
import { normalAxis } from './kit/shapes';
import { foldSplit, splitAxis, type SplitAttrs } from './kit/split';
import { versionByType, versions } from './kit/versions';

const version = versions('1.5.0', '1.14.0', '1.14.0', '2.3.0');

const axisOf = (op: Op<SplitAttrs>): number => splitAxis(op, 0, 1);

/** Splits operand 1 into equal parts along the axis in operand 0. */
export const op = defineOp<SplitAttrs>({
  type: 'SPLIT',
  code: 49,
  options: { union: 35, fields: [['num_splits', 'int32', 0]] },
  quantization: { rule: 'same', operands: [1], int16Kernel: true },
  version: (op) => version(versionByType(op, 1, { int8: 2, int32: 3, int16: 4 })),
  infer(op) {
    const { dtype, shape } = op.input(1);
    const axis = axisOf(op);
    const dim = shape[axis] ?? 0;
    if (dim % op.attrs.num_splits !== 0 && dim !== -1)
      throw new Error(`a dimension of ${dim} has no ${op.attrs.num_splits} equal parts`);
    const part = shape.with(axis, dim === -1 ? -1 : dim / op.attrs.num_splits);
    return Array.from({ length: op.attrs.num_splits }, () => ({ dtype, shape: part }));
  },
  fold: ([, input], op) => foldSplit(input, op, axisOf(op)),
  lower: {
    Split: (context) => {
      const num_splits = context.int('num_split');
      const input = context.input(1);
      if (num_splits === 1) return [input];
      const axis = normalAxis(context.constantInts(0)[0] ?? 0, input.shape.length);
      return context.emit('SPLIT', { num_splits }, [context.scalar('int32', axis), input]);
    },
  },
});

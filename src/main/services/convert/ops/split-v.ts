import { constantNumbers } from '../graph/constant';
import type { Op } from '../graph/ir';
import { defineOp } from './op';
import { normalAxis } from './kit/shapes';
import { foldSplit, splitAxis, type SplitAttrs } from './kit/split';
import { versionByType, versions } from './kit/versions';

const version = versions('1.13.1', '2.3.0');

const axisOf = (op: Op<SplitAttrs>): number => splitAxis(op, 2, 0);

/** Splits operand 0 into parts of the sizes in operand 1 (one may be -1) along the axis in operand 2. */
export const op = defineOp<SplitAttrs>({
  type: 'SPLIT_V',
  code: 102,
  options: { union: 79, fields: [['num_splits', 'int32', 0]] },
  quantization: { rule: 'same', operands: [0], int16Kernel: true },
  version: (op) => version(versionByType(op, 0, { int8: 2 })),
  infer(op) {
    const { dtype, shape } = op.input(0);
    const axis = axisOf(op);
    const dim = shape[axis] ?? 0;
    const sizes = constantNumbers(op.input(1));
    if (!sizes)
      return Array.from({ length: op.attrs.num_splits }, () => ({ dtype, shape: shape.with(axis, -1) }));
    const sum = sizes.reduce((total, size) => total + Math.max(size, 0), 0);
    if (dim !== -1 && (sizes.includes(-1) ? sum > dim : sum !== dim))
      throw new Error(`parts of ${sizes.join(', ')} do not make up a dimension of ${dim}`);
    const rest = dim === -1 ? -1 : dim - sum;
    return sizes.map((size) => ({ dtype, shape: shape.with(axis, size === -1 ? rest : size) }));
  },
  fold: ([input], op) => foldSplit(input, op, axisOf(op)),
  lower: {
    SplitV: (context) => {
      const input = context.input(0);
      const sizes = context.constantInts(1);
      if (sizes.length === 1) return [input];
      const axis = normalAxis(context.constantInts(2)[0] ?? 0, input.shape.length);
      return context.emit('SPLIT_V', { num_splits: sizes.length }, [
        input,
        context.ints32(sizes),
        context.scalar('int32', axis),
      ]);
    },
  },
});

import { asInt32 } from './kit/reshape';
import { versions } from './kit/versions';
import { defineOp } from './op';

const version = versions('2.2.0');

/** Sums rows of operand 0 that have the same, ascending number in operand 1. */
export const op = defineOp({
  type: 'SEGMENT_SUM',
  code: 125,
  quantization: { rule: 'float', int16Kernel: false },
  version: () => version(1),
  infer: (op) => [{ dtype: op.input(0).dtype, shape: [-1, ...op.input(0).shape.slice(1)] }],
  lower: {
    SegmentSum: (context) =>
      context.emit1('SEGMENT_SUM', {}, [context.input(0), asInt32(context, context.input(1))]),
  },
});

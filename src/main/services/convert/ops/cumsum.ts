import { requireType } from './kit/elementwise';
import { asInt32 } from './kit/reshape';
import { versions } from './kit/versions';
import { defineOp } from './op';

const version = versions('2.4.0');

interface CumsumAttrs {
  exclusive: boolean;
  reverse: boolean;
}

/** Running sums along the axis in operand 1. */
export const op = defineOp<CumsumAttrs>({
  type: 'CUMSUM',
  code: 128,
  options: {
    union: 102,
    fields: [
      ['exclusive', 'bool', false],
      ['reverse', 'bool', false],
    ],
  },
  quantization: { rule: 'float', int16Kernel: false },
  version: () => version(1),
  infer: (op) => [{ dtype: op.input(0).dtype, shape: op.input(0).shape }],
  lower: {
    Cumsum: (context) => {
      requireType(context, 0, 'CUMSUM', ['float32', 'int32', 'int64']);
      return context.emit1(
        'CUMSUM',
        { exclusive: context.bool('exclusive', false), reverse: context.bool('reverse', false) },
        [context.input(0), asInt32(context, context.input(1))],
      );
    },
  },
});

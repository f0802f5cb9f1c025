import { constantNumbers } from '../graph/constant';
import type { Value } from '../graph/ir';
import { defineOp, type LowerContext } from './op';
import { paddedData, paddedShape } from './kit/pad';
import { asInt32 } from './kit/reshape';
import { versions } from './kit/versions';

const version = versions('1.5.0', '1.14.0', '2.4.0', '2.6.0', '2.20.0');

/** Pads `value` with zeros by [before, after] for each dimension; nothing is added where all are 0. */
export const emitPad = (context: LowerContext, value: Value, paddings: Value): Value =>
  constantNumbers(paddings)?.every((padding) => padding === 0)
    ? value
    : context.emit1('PAD', {}, [value, asInt32(context, paddings)]);

/** Pads with zeros (the zero point, when quantized). */
export const op = defineOp({
  type: 'PAD',
  code: 34,
  quantization: { rule: 'same', operands: [0], int16Kernel: true },
  version: (op) => {
    const { dtype, shape } = op.input(0);
    if (dtype === 'bool') return version(5);
    if (shape.length > 4) return version(4);
    if (dtype === 'int16') return version(3);
    return version(dtype === 'int8' ? 2 : 1);
  },
  infer: (op) => [{ dtype: op.input(0).dtype, shape: paddedShape(op) }],
  fold([input], op) {
    const data = input
      ? paddedData(input, constantNumbers(op.input(1)) ?? [], op.output().shape, 0)
      : undefined;
    return data && [data];
  },
  lower: { Pad: (context) => emitPad(context, context.input(0), context.input(1)) },
});

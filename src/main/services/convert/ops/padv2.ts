import { constantNumbers } from '../graph/constant';
import { emitPad } from './pad';
import { paddedData, paddedShape } from './kit/pad';
import { asInt32 } from './kit/reshape';
import { versions } from './kit/versions';
import { defineOp } from './op';

const version = versions('1.9.0', '1.14.0', '2.4.0', '2.6.0', '2.20.0');

/** Pads with the value in operand 2. */
export const op = defineOp({
  type: 'PADV2',
  code: 60,
  quantization: { rule: 'same', operands: [0, 2], int16Kernel: true },
  version: (op) => {
    const { dtype, shape } = op.input(0);
    if (dtype === 'bool') return version(5);
    if (shape.length > 4) return version(4);
    if (dtype === 'int16') return version(3);
    return version(dtype === 'int8' ? 2 : 1);
  },
  infer: (op) => [{ dtype: op.input(0).dtype, shape: paddedShape(op) }],
  fold([input, paddings, value], op) {
    if (!input || !paddings || !value) return undefined;
    const by = Array.from(paddings.data, Number);
    const data = paddedData(input, by, op.output().shape, Number(value.data[0]));
    return data && [data];
  },
  lower: {
    PadV2: (context) => {
      const [input, paddings, value] = [context.input(0), context.input(1), context.input(2)];
      const none = constantNumbers(paddings)?.every((padding) => padding === 0);
      if (none || constantNumbers(value)?.[0] === 0) return emitPad(context, input, paddings);
      return context.emit1('PADV2', {}, [input, asInt32(context, paddings), value]);
    },
  },
});

import { asInt32 } from './kit/reshape';
import { versions } from './kit/versions';
import { defineOp } from './op';

const version = versions('2.9.0', '2.17.0', '2.19.0', '2.20.0');

/** Operands: tensor, what is written into it, where that starts. */
export const op = defineOp({
  type: 'DYNAMIC_UPDATE_SLICE',
  code: 151,
  quantization: { rule: 'same', operands: [0, 1], int16Kernel: true },
  version: (op) => {
    if (op.input(0).dtype === 'int16') return version(4);
    if (op.input(0).dtype === 'float16') return version(3);
    return version(op.input(2).dtype === 'int64' ? 2 : 1);
  },
  infer: (op) => [{ dtype: op.input(0).dtype, shape: op.input(0).shape }],
  lower: {
    XlaDynamicUpdateSlice: (context) =>
      context.emit1('DYNAMIC_UPDATE_SLICE', {}, [
        context.input(0),
        context.input(1),
        asInt32(context, context.input(2)),
      ]),
  },
});

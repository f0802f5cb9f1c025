import { defineOp } from './op';
import { versions } from './kit/versions';

const version = versions('1.14.0', '1.14.0', '2.12.0', '2.12.0');

/** Operands: mask, two tensors of one shape. The mask has that shape too, or picks whole rows, or all of it. */
export const op = defineOp({
  type: 'SELECT',
  code: 64,
  quantization: { rule: 'same', operands: [1, 2], int16Kernel: true },
  version: (op) => {
    if (op.input(1).dtype === 'uint32') return version(4);
    if (op.inputs.some((input) => input?.shape.length === 5)) return version(3);
    return version(op.input(1).dtype === 'int8' ? 2 : 1);
  },
  infer: (op) => [{ dtype: op.input(1).dtype, shape: op.input(1).shape }],
  lower: {
    // Only a mask of rows cannot be had by broadcasting.
    Select: (context) => {
      const operands = [context.input(0), context.input(1), context.input(2)];
      const rows = context.input(0).shape.length === 1 && context.input(1).shape.length > 1;
      return context.emit1(rows ? 'SELECT' : 'SELECT_V2', {}, operands);
    },
  },
});

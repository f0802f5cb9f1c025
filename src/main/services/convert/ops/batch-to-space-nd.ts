import { defineOp } from './op';
import { batchBlocksType } from './kit/blocks';
import { asInt32 } from './kit/reshape';
import { versions } from './kit/versions';

const version = versions('1.6.0', '1.14.0', '2.3.0', '2.12.0');

/** Moves the batch into blocks of the sizes in operand 1 and crops by operand 2. */
export const op = defineOp({
  type: 'BATCH_TO_SPACE_ND',
  code: 37,
  quantization: { rule: 'same', operands: [0], int16Kernel: true },
  version: (op) => {
    const { dtype, shape } = op.input(0);
    if (dtype === 'int16') return version(4);
    if (shape.length !== 4) return version(3);
    return version(dtype === 'int8' ? 2 : 1);
  },
  infer: (op) => [batchBlocksType(op, -1)],
  lower: {
    BatchToSpaceND: (context) =>
      context.emit1('BATCH_TO_SPACE_ND', {}, [
        context.input(0),
        asInt32(context, context.input(1)),
        asInt32(context, context.input(2)),
      ]),
  },
});

import { binaryOp } from './kit/binary';
import { versions } from './kit/versions';

const version = versions('2.13.0');

/** Arithmetic shift for signed types, logical for unsigned ones. Not folded: shifts out of range are the kernel's own. */
export const op = binaryOp({
  type: 'RIGHT_SHIFT',
  code: 161,
  attrs: {},
  tf: ['RightShift'],
  dtypes: ['int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32'],
  quantization: { rule: 'transparent', operands: [], outputs: [], int16Kernel: false },
  version: () => version(1),
  compute: {},
});

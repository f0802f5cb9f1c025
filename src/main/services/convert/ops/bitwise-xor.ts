import { binaryOp } from './kit/binary';
import { versions } from './kit/versions';

const version = versions('2.13.0');

export const op = binaryOp({
  type: 'BITWISE_XOR',
  code: 160,
  attrs: {},
  tf: ['BitwiseXor'],
  dtypes: ['int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32'],
  quantization: { rule: 'transparent', operands: [], outputs: [], int16Kernel: false },
  version: () => version(1),
  compute: { int: (a, b) => a ^ b },
});

import { binaryOp } from './kit/binary';
import { versions } from './kit/versions';

const version = versions('1.11.0');

export const op = binaryOp({
  type: 'LOGICAL_OR',
  code: 84,
  attrs: {},
  tf: ['LogicalOr'],
  dtypes: ['bool'],
  quantization: { rule: 'transparent', operands: [], outputs: [], int16Kernel: false },
  version: () => version(1),
  compute: { int: (a, b) => a | b },
});

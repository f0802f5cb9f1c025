import { binaryOp } from './kit/binary';
import { versionByType, versions } from './kit/versions';

const version = versions('1.13.1', '2.5.0');

export const op = binaryOp({
  type: 'SQUARED_DIFFERENCE',
  code: 99,
  attrs: {},
  tf: [],
  dtypes: ['float32', 'int32'],
  quantization: { rule: 'free', operands: [0, 1], int16Kernel: false },
  version: (op) => version(versionByType(op, 0, { int8: 2 })),
  compute: { float: (a, b) => (a - b) * (a - b), int: (a, b) => Math.imul(a - b, a - b) },
});

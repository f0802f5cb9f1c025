import { unaryOp } from './kit/unary';
import { versionByType, versions } from './kit/versions';

const version = versions('1.10.0', '2.21.0');

export const op = unaryOp({
  type: 'SQRT',
  code: 75,
  tf: ['Sqrt'],
  dtypes: ['float32'],
  quantization: { rule: 'free', operands: [0], int16Kernel: true },
  version: (op) => version(versionByType(op, 0, { int8: 2, int16: 2 })),
  compute: { float: Math.sqrt },
});

import { unaryOp } from './kit/unary';
import { versionByType, versions } from './kit/versions';

const version = versions('1.10.0', '2.5.0', '2.15.0');

export const op = unaryOp({
  type: 'RSQRT',
  code: 76,
  tf: ['Rsqrt'],
  dtypes: ['float32'],
  quantization: { rule: 'free', operands: [0], int16Kernel: true },
  version: (op) => version(versionByType(op, 0, { int8: 2, int16: 3 })),
  compute: { float: (x) => 1 / Math.sqrt(x) },
});

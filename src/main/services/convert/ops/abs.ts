import { unaryOp } from './kit/unary';
import { versionByType, versions } from './kit/versions';

const version = versions('1.13.0', '2.4.0', '2.5.0', '2.6.0', '2.12.0');

export const op = unaryOp({
  type: 'ABS',
  code: 101,
  tf: ['Abs'],
  dtypes: ['float32', 'int32'],
  quantization: { rule: 'free', operands: [0], int16Kernel: true },
  version: (op) => version(versionByType(op, 0, { int8: 2, uint8: 2, int16: 3, int32: 5 })),
  compute: { float: Math.abs, int: Math.abs },
});

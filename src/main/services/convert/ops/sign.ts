import { FLOAT_ONLY, unaryOp } from './kit/unary';
import { versionByType, versions } from './kit/versions';

const version = versions('2.11.0', '2.12.0');

export const op = unaryOp({
  type: 'SIGN',
  code: 158,
  tf: ['Sign'],
  dtypes: ['float32', 'float64', 'int32'],
  quantization: FLOAT_ONLY,
  version: (op) => version(versionByType(op, 0, { int32: 2 })),
  compute: { float: Math.sign, int: Math.sign },
});

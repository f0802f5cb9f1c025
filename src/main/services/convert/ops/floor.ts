import { FLOAT_ONLY, unaryOp } from './kit/unary';
import { versions } from './kit/versions';

const version = versions('1.9.0');

export const op = unaryOp({
  type: 'FLOOR',
  code: 8,
  tf: [],
  dtypes: ['float32'],
  quantization: FLOAT_ONLY,
  version: () => version(1),
  compute: { float: Math.floor },
});

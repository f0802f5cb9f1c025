import { FLOAT_ONLY, unaryOp } from './kit/unary';
import { versions } from './kit/versions';

const version = versions('1.9.0');

export const op = unaryOp({
  type: 'SIN',
  code: 66,
  tf: ['Sin'],
  dtypes: ['float32'],
  quantization: FLOAT_ONLY,
  version: () => version(1),
  compute: { float: Math.sin },
});

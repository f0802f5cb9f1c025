import { FLOAT_ONLY, unaryOp } from './kit/unary';
import { versions } from './kit/versions';

const version = versions('1.14.0');

export const op = unaryOp({
  type: 'COS',
  code: 108,
  tf: ['Cos'],
  dtypes: ['float32'],
  quantization: FLOAT_ONLY,
  version: () => version(1),
  compute: { float: Math.cos },
});

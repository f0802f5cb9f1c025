import { FLOAT_ONLY, unaryOp } from './kit/unary';
import { versions } from './kit/versions';

const version = versions('1.12.0');

export const op = unaryOp({
  type: 'SQUARE',
  code: 92,
  tf: [],
  dtypes: ['float32'],
  quantization: FLOAT_ONLY,
  version: () => version(1),
  compute: { float: (x) => x * x },
});

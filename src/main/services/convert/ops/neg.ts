import { FLOAT_ONLY, unaryOp } from './kit/unary';
import { versions } from './kit/versions';

const version = versions('1.9.0');

export const op = unaryOp({
  type: 'NEG',
  code: 59,
  tf: ['Neg'],
  dtypes: ['float32', 'int32', 'int64'],
  quantization: FLOAT_ONLY,
  version: () => version(1),
  compute: { float: (x) => -x, int: (x) => -x, big: (x) => -x },
});

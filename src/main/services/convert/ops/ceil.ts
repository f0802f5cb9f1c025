import { FLOAT_ONLY, unaryOp } from './kit/unary';
import { versions } from './kit/versions';

const version = versions('1.14.0');

export const op = unaryOp({
  type: 'CEIL',
  code: 104,
  tf: [],
  dtypes: ['float32'],
  quantization: FLOAT_ONLY,
  version: () => version(1),
  compute: { float: Math.ceil },
});

import { FLOAT_ONLY, unaryOp } from './kit/unary';
import { versions } from './kit/versions';

const version = versions('1.12.0');

export const op = unaryOp({
  type: 'ZEROS_LIKE',
  code: 93,
  tf: [],
  dtypes: ['float32', 'int32', 'int64'],
  quantization: FLOAT_ONLY,
  version: () => version(1),
  compute: { float: () => 0, int: () => 0, big: () => 0n },
});

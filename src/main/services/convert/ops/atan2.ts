import { binaryOp } from './kit/binary';
import { versions } from './kit/versions';

const version = versions('2.10.0');

export const op = binaryOp({
  type: 'ATAN2',
  code: 156,
  attrs: {},
  tf: [],
  dtypes: ['float32', 'float64'],
  quantization: { rule: 'float', int16Kernel: false },
  version: () => version(1),
  compute: { float: Math.atan2 },
});

import { reduceOp } from './kit/reduce';
import { versionByType, versions } from './kit/versions';

const version = versions('1.6.0', '1.14.0', '2.4.0');

export const op = reduceOp({
  type: 'MEAN',
  code: 40,
  tf: 'Mean',
  dtypes: ['float32', 'int32', 'int64'],
  quantization: { rule: 'free', operands: [0], int16Kernel: true },
  version: (op) => version(versionByType(op, 0, { int8: 2, int16: 3 })),
  reduction: {
    start: 0,
    step: (sum, x) => sum + x,
    finish: (sum, count, integer) => (integer ? Math.trunc(sum / count) : sum / count),
  },
});

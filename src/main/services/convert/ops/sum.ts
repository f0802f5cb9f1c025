import { reduceOp } from './kit/reduce';
import { versionByType, versions } from './kit/versions';

const version = versions('1.10.0', '1.15.0');

export const op = reduceOp({
  type: 'SUM',
  code: 74,
  tf: 'Sum',
  dtypes: ['float32', 'int32', 'int64'],
  quantization: { rule: 'free', operands: [0], int16Kernel: true },
  version: (op) => version(versionByType(op, 0, { int8: 2, int16: 2 })),
  reduction: { start: 0, step: (sum, x) => sum + x },
});

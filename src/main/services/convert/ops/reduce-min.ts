import { reduceOp } from './kit/reduce';
import { versionByType, versions } from './kit/versions';

const version = versions('1.11.0', '1.14.0', '2.5.0');

export const op = reduceOp({
  type: 'REDUCE_MIN',
  code: 89,
  tf: 'Min',
  dtypes: ['float32', 'int32', 'int64', 'int16', 'int8', 'uint8'],
  quantization: { rule: 'same', operands: [0], picks: 'extremum', int16Kernel: true },
  version: (op) => version(versionByType(op, 0, { int8: 2, int16: 3 })),
  reduction: { start: Infinity, step: Math.min },
});

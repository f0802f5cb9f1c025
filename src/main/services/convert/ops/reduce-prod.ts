import { productOf, reduceOp } from './kit/reduce';
import { versionByType, versions } from './kit/versions';

const version = versions('1.11.0', '2.6.0');

export const op = reduceOp({
  type: 'REDUCE_PROD',
  code: 81,
  tf: 'Prod',
  dtypes: ['float32', 'int32', 'int64'],
  quantization: { rule: 'free', operands: [0], int16Kernel: true },
  version: (op) => version(versionByType(op, 0, { int8: 2, int16: 2 })),
  reduction: { start: 1, step: (product, x) => product * x },
  element: productOf,
});

import { reduceOp } from './kit/reduce';
import { versions } from './kit/versions';

const version = versions('2.6.0');

export const op = reduceOp({
  type: 'REDUCE_ALL',
  code: 140,
  tf: 'All',
  dtypes: ['bool'],
  quantization: { rule: 'transparent', operands: [], outputs: [], int16Kernel: false },
  version: () => version(1),
  reduction: { start: 1, step: Math.min },
});

import { reduceOp } from './kit/reduce';
import { versions } from './kit/versions';

const version = versions('1.11.0');

export const op = reduceOp({
  type: 'REDUCE_ANY',
  code: 91,
  tf: 'Any',
  dtypes: ['bool'],
  quantization: { rule: 'transparent', operands: [], outputs: [], int16Kernel: false },
  version: () => version(1),
  reduction: { start: 0, step: Math.max },
});

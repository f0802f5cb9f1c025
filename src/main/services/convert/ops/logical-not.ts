import { unaryOp } from './kit/unary';
import { versions } from './kit/versions';

const version = versions('1.11.0');

export const op = unaryOp({
  type: 'LOGICAL_NOT',
  code: 87,
  tf: [],
  dtypes: ['bool'],
  quantization: { rule: 'transparent', operands: [], outputs: [], int16Kernel: false },
  version: () => version(1),
  compute: { int: (x) => 1 - x },
});

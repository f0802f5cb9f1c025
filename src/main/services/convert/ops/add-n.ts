import { versions } from './kit/versions';
import { defineOp } from './op';

const version = versions('1.14.0');

/** The sum of tensors of one shape. Read from files only: a chain of ADD is written, which has integer kernels. */
export const op = defineOp({
  type: 'ADD_N',
  code: 106,
  quantization: { rule: 'float', int16Kernel: false },
  version: () => version(1),
  infer: (op) => [{ dtype: op.input(0).dtype, shape: op.input(0).shape }],
});

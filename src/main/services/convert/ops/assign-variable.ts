import { versions } from './kit/versions';
import { defineOp } from './op';

const version = versions('2.6.0');

/** Puts operand 1 into the variable in operand 0. It has no outputs and runs in its place in the file. */
export const op = defineOp({
  type: 'ASSIGN_VARIABLE',
  code: 144,
  options: { union: 113, fields: [] },
  quantization: { rule: 'float', int16Kernel: false },
  version: () => version(1),
  infer: () => [],
  stateful: true,
});

import type { TensorType } from '../graph/ir';
import { versions } from './kit/versions';
import { defineOp } from './op';

const version = versions('2.6.0');

interface ReadVariableAttrs {
  /** Type of the variable; kept here because the options table does not say. */
  readonly type?: TensorType;
}

/** What the variable in operand 0 holds now. */
export const op = defineOp<ReadVariableAttrs>({
  type: 'READ_VARIABLE',
  code: 143,
  options: { union: 112, fields: [] },
  quantization: { rule: 'float', int16Kernel: false },
  version: () => version(1),
  infer: (op) => [op.attrs.type ?? { dtype: op.output().dtype, shape: op.output().shape }],
});

import { defineOp } from './op';
import { versions } from './kit/versions';

const version = versions('1.14.0');

interface ReverseSequenceAttrs {
  seq_dim: number;
  batch_dim: number;
}

/** Reverses the first elements of each sequence, as many as operand 1 says. */
export const op = defineOp<ReverseSequenceAttrs>({
  type: 'REVERSE_SEQUENCE',
  code: 112,
  options: {
    union: 87,
    fields: [
      ['seq_dim', 'int32', 0],
      ['batch_dim', 'int32', 0],
    ],
  },
  quantization: { rule: 'float', int16Kernel: false },
  version: () => version(1),
  infer: (op) => [{ dtype: op.input(0).dtype, shape: op.input(0).shape }],
  lower: {
    ReverseSequence: (context) =>
      context.emit1(
        'REVERSE_SEQUENCE',
        { seq_dim: context.int('seq_dim'), batch_dim: context.int('batch_dim', 0) },
        [context.input(0), context.input(1)],
      ),
  },
});

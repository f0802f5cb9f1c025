import type { DType } from '@shared/model/dtype';
import { versions } from './kit/versions';
import { defineOp } from './op';

const version = versions('1.14.0', '1.15.0', '2.7.0');

interface QuantizeAttrs {
  /** Type of the output; kept here because the options table does not say. */
  readonly output_type: DType;
}

/** Writes real numbers, or numbers of another scale, as integers of its output's scale. */
export const op = defineOp<QuantizeAttrs>({
  type: 'QUANTIZE',
  code: 114,
  quantization: { rule: 'free', operands: [0], int16Kernel: true },
  version: (op) => {
    if ((op.output().quantization?.scale.length ?? 1) > 1) return version(3);
    return version(op.output().dtype === 'int16' ? 2 : 1);
  },
  infer: (op) => [{ dtype: op.attrs.output_type, shape: op.input(0).shape }],
});

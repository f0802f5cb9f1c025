import type { DType } from '@shared/model/dtype';
import type { Attrs, Op } from '../../graph/ir';
import type { Lowering, OpDefinition, OpVersion, QuantizationFacts } from '../op';
import { mapUnary, requireType, type UnaryArithmetic } from './elementwise';

interface UnaryFamily {
  readonly type: string;
  readonly code: number;
  /** TensorFlow operators that mean the same. */
  readonly tf: readonly string[];
  /** Element types there are kernels for. */
  readonly dtypes: readonly DType[];
  readonly quantization: QuantizationFacts;
  readonly version: (op: Op) => OpVersion;
  readonly compute: UnaryArithmetic;
}

/** No integer kernel: stays float in a quantized model. */
export const FLOAT_ONLY: QuantizationFacts = { rule: 'float', int16Kernel: false };

/** Element-wise operators with one operand, whose type and shape the output has. They have no options. */
export const unaryOp = (family: UnaryFamily): OpDefinition<Attrs> => {
  const { type, code, quantization, version, compute } = family;
  const lowering: Lowering = (context) => {
    requireType(context, 0, type, family.dtypes);
    return context.emit1(type, {}, [context.input(0)]);
  };
  return {
    type,
    code,
    quantization,
    version,
    infer: (op) => [{ dtype: op.input(0).dtype, shape: op.input(0).shape }],
    fold([input], op) {
      const data = input ? mapUnary(input, op.output().dtype, compute) : undefined;
      return data && [data];
    },
    lower: Object.fromEntries(family.tf.map((name) => [name, lowering])),
  };
};

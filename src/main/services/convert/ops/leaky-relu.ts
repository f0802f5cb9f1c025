import type { Op } from '../graph/ir';
import { foldEach, sameType } from './kit/activation-op';
import { versionByType, versions } from './kit/versions';
import { defineOp, type ConstantTensor } from './op';

export interface LeakyReluAttrs {
  alpha: number;
}

const at = versions('1.13.1', '2.3.0');

/** x for positive x, alpha * x below. */
export const op = defineOp<LeakyReluAttrs>({
  type: 'LEAKY_RELU',
  code: 98,
  options: { union: 75, fields: [['alpha', 'float32']] },
  infer: sameType,
  version: (op) => at(versionByType(op, 0, { int16: 2 })),
  quantization: { rule: 'free', operands: [0], int16Kernel: true },
  fold: (inputs: readonly (ConstantTensor | null)[], op: Op<LeakyReluAttrs>) =>
    foldEach((x) => (x > 0 ? x : x * op.attrs.alpha))(inputs),
  lower: {
    LeakyRelu: (context) =>
      context.emit1('LEAKY_RELU', { alpha: context.float('alpha', 0.2) }, [context.input(0)]),
  },
});

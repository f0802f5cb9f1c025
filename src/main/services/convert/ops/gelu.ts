import type { Op } from '../graph/ir';
import { foldEach, sameType } from './kit/activation-op';
import { erf } from './kit/erf';
import { versionByType, versions } from './kit/versions';
import { defineOp, type ConstantTensor } from './op';

export interface GeluAttrs {
  /** The form with tanh instead of the error function. */
  approximate: boolean;
}

const at = versions('2.9.0', '2.9.0');

/** x times the normal distribution's cumulative function. Made by passes only. */
export const op = defineOp<GeluAttrs>({
  type: 'GELU',
  code: 150,
  options: { union: 116, fields: [['approximate', 'bool']] },
  infer: sameType,
  version: (op) => at(versionByType(op, 0, { int8: 2, uint8: 2 })),
  quantization: { rule: 'free', operands: [0], int16Kernel: false },
  fold: (inputs: readonly (ConstantTensor | null)[], op: Op<GeluAttrs>) =>
    foldEach(op.attrs.approximate ? tanhForm : erfForm)(inputs),
});

const erfForm = (x: number): number => 0.5 * x * (1 + erf(x * Math.SQRT1_2));
const tanhForm = (x: number): number =>
  0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));

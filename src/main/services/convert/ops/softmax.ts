import type { Op } from '../graph/ir';
import { sameType } from './kit/activation-op';
import { foldRows } from './kit/fold-rows';
import { versionByType, versions } from './kit/versions';
import { defineOp, type ConstantTensor } from './op';

export interface SoftmaxAttrs {
  beta: number;
}

const at = versions('1.5.0', '1.14.0', '2.3.0');

/** exp(beta * x) over its sum along the last axis. */
export const op = defineOp<SoftmaxAttrs>({
  type: 'SOFTMAX',
  code: 25,
  options: { union: 9, fields: [['beta', 'float32']] },
  infer: sameType,
  version: (op) => at(versionByType(op, 0, { int8: 2, int16: 3 })),
  quantization: {
    rule: 'fixed',
    operands: [0],
    int8: [1 / 256, -128],
    int16: [1 / 32768, 0],
    int16Kernel: true,
  },
  fold: (inputs: readonly (ConstantTensor | null)[], op: Op<SoftmaxAttrs>) =>
    foldRows(inputs, (row) => {
      const top = row.reduce((a, b) => Math.max(a, b), -Infinity);
      const powers = row.map((x) => Math.exp(op.attrs.beta * (x - top)));
      const sum = powers.reduce((a, b) => a + b, 0);
      return powers.map((x) => x / sum);
    }),
  lower: {
    Softmax: (context) => context.emit1('SOFTMAX', { beta: 1 }, [context.input(0)]),
  },
});

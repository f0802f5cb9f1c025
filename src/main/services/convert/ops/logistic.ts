import { foldEach, oneToOne, sameType } from './kit/activation-op';
import { versionByType, versions } from './kit/versions';
import { defineOp } from './op';

const at = versions('1.14.0', '1.14.0', '2.3.0');

/** 1 / (1 + exp(-x)). */
export const op = defineOp({
  type: 'LOGISTIC',
  code: 14,
  infer: sameType,
  version: (op) => at(versionByType(op, 0, { int8: 2, int16: 3 })),
  quantization: {
    rule: 'fixed',
    operands: [0],
    int8: [1 / 256, -128],
    int16: [1 / 32768, 0],
    int16Kernel: true,
  },
  fold: foldEach((x) => 1 / (1 + Math.exp(-x))),
  lower: { Sigmoid: oneToOne('LOGISTIC') },
});

import { foldEach, oneToOne, sameType } from './kit/activation-op';
import { versionByType, versions } from './kit/versions';
import { defineOp } from './op';

const at = versions('1.14.0', '1.14.0', '2.3.0');

/** Hyperbolic tangent. */
export const op = defineOp({
  type: 'TANH',
  code: 28,
  infer: sameType,
  version: (op) => at(versionByType(op, 0, { int8: 2, int16: 3 })),
  quantization: {
    rule: 'fixed',
    operands: [0],
    int8: [1 / 128, 0],
    int16: [1 / 32768, 0],
    int16Kernel: true,
  },
  fold: foldEach((x) => Math.tanh(x)),
  lower: { Tanh: oneToOne('TANH') },
});

import { foldEach, oneToOne, sameType } from './kit/activation-op';
import { versionByType, versions } from './kit/versions';
import { defineOp } from './op';

const at = versions('1.5.0', '2.1.0', '2.5.0');

/** max(x, 0). */
export const op = defineOp({
  type: 'RELU',
  code: 19,
  infer: sameType,
  version: (op) => at(versionByType(op, 0, { int8: 2, uint8: 2, int16: 3 })),
  quantization: { rule: 'free', operands: [0], int16Kernel: true },
  fold: foldEach((x) => Math.max(x, 0)),
  lower: { Relu: oneToOne('RELU') },
});

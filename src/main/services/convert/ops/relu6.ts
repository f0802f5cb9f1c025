import { foldEach, oneToOne, sameType } from './kit/activation-op';
import { versionByType, versions } from './kit/versions';
import { defineOp } from './op';

const at = versions('1.5.0', '1.14.0', '2.5.0');

/** x clamped to [0, 6]. */
export const op = defineOp({
  type: 'RELU6',
  code: 21,
  infer: sameType,
  version: (op) => at(versionByType(op, 0, { int8: 2, int16: 3 })),
  quantization: { rule: 'free', operands: [0], int16Kernel: true },
  fold: foldEach((x) => Math.min(Math.max(x, 0), 6)),
  lower: { Relu6: oneToOne('RELU6') },
});

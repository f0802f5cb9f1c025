import { foldEach, sameType } from './kit/activation-op';
import { defineOp } from './op';

/** x clamped to [0, 1]. Read from TFLite files; runtimes before 2.10 do not know it. */
export const op = defineOp({
  type: 'RELU_0_TO_1',
  code: 152,
  infer: sameType,
  version: () => ({ version: 1, since: '2.10.0' }),
  quantization: { rule: 'free', operands: [0], int16Kernel: false },
  fold: foldEach((x) => Math.min(Math.max(x, 0), 1)),
});

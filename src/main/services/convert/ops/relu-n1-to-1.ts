import { foldEach, sameType } from './kit/activation-op';
import { defineOp } from './op';

/** x clamped to [-1, 1]. Made by passes only. */
export const op = defineOp({
  type: 'RELU_N1_TO_1',
  code: 20,
  infer: sameType,
  version: () => ({ version: 1, since: '1.5.0' }),
  quantization: { rule: 'free', operands: [0], int16Kernel: false },
  fold: foldEach((x) => Math.min(Math.max(x, -1), 1)),
});

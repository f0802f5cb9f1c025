import { foldEach, sameType } from './kit/activation-op';
import { defineOp } from './op';

/** x * relu6(x + 3) / 6. Made by passes only. */
export const op = defineOp({
  type: 'HARD_SWISH',
  code: 117,
  infer: sameType,
  version: () => ({ version: 1, since: '1.15.0' }),
  quantization: { rule: 'free', operands: [0], int16Kernel: false },
  fold: foldEach((x) => (x * Math.min(Math.max(x + 3, 0), 6)) / 6),
});

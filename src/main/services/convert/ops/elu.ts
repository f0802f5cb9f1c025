import { foldEach, oneToOne, sameType } from './kit/activation-op';
import { defineOp } from './op';

/** x for positive x, exp(x) - 1 below. */
export const op = defineOp({
  type: 'ELU',
  code: 111,
  infer: sameType,
  version: () => ({ version: 1, since: '1.14.0' }),
  quantization: { rule: 'float', int16Kernel: false },
  fold: foldEach((x) => (x < 0 ? Math.expm1(x) : x)),
  lower: { Elu: oneToOne('ELU') },
});

import { foldEach, sameType } from './kit/activation-op';
import { PLAIN_ADD } from './kit/convolution';
import { erf } from './kit/erf';
import { defineOp, type Lowerings } from './op';

/**
 * The error function. TFLite has none: the passes make GELU of it where they can, and write it with GELU elsewhere, so it
 * stands in no file (hence a number that TFLite does not use).
 */
export const op = defineOp({
  type: 'ERF',
  code: -1,
  infer: sameType,
  version: () => ({ version: 1, since: '2.9.0' }),
  quantization: { rule: 'float', int16Kernel: false },
  fold: foldEach(erf),
});

/** The error function and its complement: GELU where they are part of one, written with GELU elsewhere. */
export const lowerings: Lowerings = {
  Erf: (context) => context.emit1('ERF', {}, [context.input(0)]),
  Erfc: (context) =>
    context.emit1('SUB', PLAIN_ADD, [
      context.scalar('float32', 1),
      context.emit1('ERF', {}, [context.input(0)]),
    ]),
};

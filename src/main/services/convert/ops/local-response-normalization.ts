import { sameType } from './kit/activation-op';
import { defineOp } from './op';

export interface LocalResponseNormalizationAttrs {
  radius: number;
  bias: number;
  alpha: number;
  beta: number;
}

/** x / (bias + alpha * sum of squares over `radius` channels on either side) ^ beta. */
export const op = defineOp<LocalResponseNormalizationAttrs>({
  type: 'LOCAL_RESPONSE_NORMALIZATION',
  code: 13,
  options: {
    union: 13,
    fields: [
      ['radius', 'int32'],
      ['bias', 'float32'],
      ['alpha', 'float32'],
      ['beta', 'float32'],
    ],
  },
  infer: sameType,
  version: () => ({ version: 1, since: '1.5.0' }),
  quantization: { rule: 'float', int16Kernel: false },
  lower: {
    LRN: (context) =>
      context.emit1(
        'LOCAL_RESPONSE_NORMALIZATION',
        {
          radius: context.int('depth_radius', 5),
          bias: context.float('bias', 1),
          alpha: context.float('alpha', 1),
          beta: context.float('beta', 0.5),
        } satisfies LocalResponseNormalizationAttrs,
        [context.input(0)],
      ),
  },
});

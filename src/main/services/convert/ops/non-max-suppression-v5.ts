import type { Value } from '../graph/ir';
import { boxLimit, firstOf } from './kit/suppression';
import { versions } from './kit/versions';
import { defineOp } from './op';

const version = versions('2.1.0');

/** Like version 4, with a sigma for soft suppression; outputs: indices, scores, how many are valid. */
export const op = defineOp({
  type: 'NON_MAX_SUPPRESSION_V5',
  code: 121,
  quantization: { rule: 'float', int16Kernel: false },
  version: () => version(1),
  infer: (op) => [
    { dtype: 'int32', shape: [boxLimit(op)] },
    { dtype: 'float32', shape: [boxLimit(op)] },
    { dtype: 'int32', shape: [] },
  ],
  lower: {
    NonMaxSuppressionV5: (context) => {
      const operands = [0, 1, 2, 3, 4, 5].map((i) => context.input(i));
      const [indices, scores, count] = context.emit('NON_MAX_SUPPRESSION_V5', {}, operands) as [
        Value,
        Value,
        Value,
      ];
      return context.bool('pad_to_max_output_size', false)
        ? [indices, scores, count]
        : [firstOf(context, indices, count), firstOf(context, scores, count), count];
    },
  },
});

import type { Value } from '../graph/ir';
import { boxLimit, firstOf } from './kit/suppression';
import { versions } from './kit/versions';
import { defineOp, type LowerContext } from './op';

const version = versions('2.1.0');

const emitSuppression = (context: LowerContext, iou: Value, score: Value): readonly Value[] =>
  context.emit('NON_MAX_SUPPRESSION_V4', {}, [
    context.input(0),
    context.input(1),
    context.input(2),
    iou,
    score,
  ]);

const unpadded = (context: LowerContext, iou: Value, score: Value): Value => {
  const [indices, count] = emitSuppression(context, iou, score);
  return firstOf(context, indices as Value, count as Value);
};

/** Operands: boxes, scores, limit, overlap, least score. Outputs: indices padded with 0 to the limit, and how many are valid. */
export const op = defineOp({
  type: 'NON_MAX_SUPPRESSION_V4',
  code: 120,
  quantization: { rule: 'float', int16Kernel: false },
  version: () => version(1),
  infer: (op) => [
    { dtype: 'int32', shape: [boxLimit(op)] },
    { dtype: 'int32', shape: [] },
  ],
  lower: {
    NonMaxSuppression: (context) =>
      unpadded(
        context,
        context.scalar('float32', context.float('iou_threshold', 0.5)),
        context.scalar('float32', -Infinity),
      ),
    NonMaxSuppressionV2: (context) =>
      unpadded(context, context.input(3), context.scalar('float32', -Infinity)),
    NonMaxSuppressionV3: (context) => unpadded(context, context.input(3), context.input(4)),
    NonMaxSuppressionV4: (context) => {
      const [indices, count] = emitSuppression(context, context.input(3), context.input(4)) as [Value, Value];
      return context.bool('pad_to_max_output_size', false)
        ? [indices, count]
        : [firstOf(context, indices, count), count];
    },
  },
});

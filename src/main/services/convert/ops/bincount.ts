import type { Value } from '../graph/ir';
import { PLAIN_MUL } from './kit/convolution';
import { asInt32 } from './kit/reshape';
import { sizeOf } from './kit/shapes';
import type { Lowering, Lowerings } from './op';

/**
 * How often each number occurs (operands: numbers, how many there are, weights): the sum of their one-hot vectors. Numbers
 * beyond the last are not counted, there as here.
 */
const bincount: Lowering = (context) => {
  const x = context.input(0);
  const [size = -1] = context.constantInts(1);
  const weights = context.input(2);
  const dtype = context.dtype('T', 'float32');
  if (size < 0 || x.shape.length < 1)
    context.refuse('its operands are no numbers to count and a count of them');
  const [one, zero] = [context.scalar(dtype, 1), context.scalar(dtype, 0)];
  const hot = context.emit1('ONE_HOT', { axis: -1 }, [
    asInt32(context, x),
    context.scalar('int32', size),
    one,
    zero,
  ]);
  const axes = context.ints32([x.shape.length - 1]);
  const along = (type: string, value: Value): Value =>
    context.emit1(type, { keep_dims: false }, [value, axes]);
  if (context.bool('binary_output', false)) return along('REDUCE_MAX', hot);
  if (sizeOf(weights.shape) === 0) return along('SUM', hot);
  const spread = context.emit1('EXPAND_DIMS', {}, [weights, context.scalar('int32', -1)]);
  return along('SUM', context.emit1('MUL', PLAIN_MUL, [hot, spread]));
};

/** Counts of numbers, by ONE_HOT and a sum. */
export const lowerings: Lowerings = { Bincount: bincount, DenseBincount: bincount };

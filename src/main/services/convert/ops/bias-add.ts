import type { Value } from '../graph/ir';
import { PLAIN_ADD } from './kit/convolution';
import { reshapedConstant } from './kit/lazy-constant';
import type { LowerContext, Lowering, Lowerings } from './op';

/** Adds a vector along the channel axis: the last one, or axis 1 of a channels-first tensor. */
export function biasAdd(context: LowerContext, x: Value, bias: Value, channelsFirst: boolean): Value {
  const rank = x.shape.length;
  if (!channelsFirst || rank < 3) return context.emit1('ADD', PLAIN_ADD, [x, bias]);
  const shape = [bias.shape[0] ?? -1, ...Array.from({ length: rank - 2 }, () => 1)];
  const column = bias.constant
    ? reshapedConstant(bias, shape)
    : context.emit1('RESHAPE', {}, [bias, context.ints32(shape)]);
  return context.emit1('ADD', PLAIN_ADD, [x, column]);
}

const lower: Lowering = (context) =>
  biasAdd(
    context,
    context.input(0),
    context.input(1),
    context.string('data_format', 'NHWC').startsWith('NC'),
  );

export const lowerings: Lowerings = { BiasAdd: lower, BiasAddV1: lower };

import type { Value } from '../graph/ir';
import { constantNumbers } from '../graph/constant';
import { channelsFirst, channelsLast, PLAIN_ADD, PLAIN_MUL } from './kit/convolution';
import { floatConstant } from './kit/lazy-constant';
import type { LowerContext, Lowering, Lowerings } from './op';

/** Scale, offset, mean and variance [C] of a normalization over channels. */
interface Statistics {
  readonly scale: Value;
  readonly offset: Value;
  readonly mean: Value;
  readonly variance: Value;
}

/** (x - mean) / sqrt(variance + epsilon) * scale + offset along the last axis, as MUL and ADD. */
export function batchNorm(context: LowerContext, x: Value, statistics: Statistics, epsilon: number): Value {
  const folded =
    foldedStatistics(context, statistics, epsilon) ?? computedStatistics(context, statistics, epsilon);
  return context.emit1('ADD', PLAIN_ADD, [
    context.emit1('MUL', PLAIN_MUL, [x, folded.factor]),
    folded.offset,
  ]);
}

interface Affine {
  readonly factor: Value;
  readonly offset: Value;
}

function foldedStatistics(
  context: LowerContext,
  statistics: Statistics,
  epsilon: number,
): Affine | undefined {
  const scale = constantNumbers(statistics.scale);
  const offset = constantNumbers(statistics.offset);
  const mean = constantNumbers(statistics.mean);
  const variance = constantNumbers(statistics.variance);
  if (!scale || !offset || !mean || !variance) return undefined;
  const factor = scale.map((s, i) => s / Math.sqrt((variance[i] ?? 0) + epsilon));
  const shift = offset.map((o, i) => o - (mean[i] ?? 0) * (factor[i] ?? 0));
  const name = context.node.name;
  return {
    factor: floatConstant(`${name}/factor`, [factor.length], Float32Array.from(factor)),
    offset: floatConstant(`${name}/offset`, [shift.length], Float32Array.from(shift)),
  };
}

function computedStatistics(context: LowerContext, statistics: Statistics, epsilon: number): Affine {
  const { scale, offset, mean, variance } = statistics;
  const shifted = context.emit1('ADD', PLAIN_ADD, [variance, context.scalar('float32', epsilon)]);
  const factor = context.emit1('MUL', PLAIN_MUL, [context.emit1('RSQRT', {}, [shifted]), scale]);
  const product = context.emit1('MUL', PLAIN_MUL, [mean, factor]);
  return { factor, offset: context.emit1('SUB', PLAIN_ADD, [offset, product]) };
}

/**
 * Training mode: mean and variance are the batch's own, over all axes but the channels', which keep their place. (Keras 2
 * writes its layer normalization so, with the rows as channels.)
 */
function trainingNorm(context: LowerContext, first: boolean): readonly Value[] {
  const x = context.input(0);
  const rank = x.shape.length;
  const channelAxis = first ? 1 : rank - 1;
  const others = Array.from({ length: rank }, (_, axis) => axis).filter((axis) => axis !== channelAxis);
  const axes = context.ints32(others);
  const broad = (value: Value): Value => {
    const shape = [value.shape[0] ?? -1, ...Array.from({ length: first ? rank - 2 : 0 }, () => 1)];
    return first ? context.emit1('RESHAPE', {}, [value, context.ints32(shape)]) : value;
  };
  const mean = context.emit1('MEAN', { keep_dims: true }, [x, axes]);
  const squares = context.emit1('SQUARED_DIFFERENCE', {}, [x, mean]);
  const variance = context.emit1('MEAN', { keep_dims: true }, [squares, axes]);
  const epsilon = context.scalar('float32', context.float('epsilon', 0.0001));
  const root = context.emit1('RSQRT', {}, [context.emit1('ADD', PLAIN_ADD, [variance, epsilon])]);
  const centered = context.emit1('SUB', PLAIN_ADD, [x, mean]);
  const normal = context.emit1('MUL', PLAIN_MUL, [centered, root]);
  const [scale, offset] = [context.input(1), context.input(2)];
  // As many as there are channels, so nothing changes by leaving them out.
  const scaled = isFilledWith(scale, 1) ? normal : context.emit1('MUL', PLAIN_MUL, [normal, broad(scale)]);
  const y = isFilledWith(offset, 0) ? scaled : context.emit1('ADD', PLAIN_ADD, [scaled, broad(offset)]);
  const flat = context.ints32([x.shape[channelAxis] ?? -1]);
  const list = (value: Value): Value => context.emit1('RESHAPE', {}, [value, flat]);
  const statistics = [list(mean), list(variance)];
  return [y, ...statistics, ...statistics];
}

/** True for a vector of the same number throughout, of a length known at run time only. */
const isFilledWith = (value: Value, number: number): boolean =>
  value.producer?.type === 'FILL' && constantNumbers(value.producer.inputs[1])?.[0] === number;

const lower: Lowering = (context) => {
  const first = context.string('data_format', 'NHWC').startsWith('NC');
  if (context.bool('is_training', true)) return trainingNorm(context, first);
  const input = context.input(0);
  const x = first ? channelsLast(context, input) : input;
  const [scale, offset, mean, variance] = [1, 2, 3, 4].map((index) => context.input(index)) as [
    Value,
    Value,
    Value,
    Value,
  ];
  const y = batchNorm(context, x, { scale, offset, mean, variance }, context.float('epsilon', 0.0001));
  return [first ? channelsFirst(context, y) : y, mean, variance, mean, variance];
};

/** TensorFlow 1's operator of four axes; gamma only counts with scale_after_normalization. */
const lowerV0: Lowering = (context) => {
  const [x, mean, variance, beta] = [context.input(0), context.input(1), context.input(2), context.input(3)];
  const ones = new Float32Array(mean.shape[0] ?? 1).fill(1);
  const scale = context.bool('scale_after_normalization')
    ? context.input(4)
    : floatConstant(context.node.name, [ones.length], ones);
  return batchNorm(context, x, { scale, offset: beta, mean, variance }, context.float('variance_epsilon'));
};

export const lowerings: Lowerings = {
  FusedBatchNorm: lower,
  FusedBatchNormV2: lower,
  FusedBatchNormV3: lower,
  BatchNormWithGlobalNormalization: lowerV0,
};

import type { Op, TensorType, Value } from '../../graph/ir';
import type { LowerContext, OpVersion, OptionKind, QuantizationFacts } from '../op';
import { channelsFirst, channelsLast, padded, spatialAttrs, type SpatialAttrs } from './convolution';
import { FUSED, PADDING, type FusedAttrs } from './fused';
import { sizeOf } from './shapes';
import { versionByType, versions } from './versions';
import { windowOutput } from './window';

/** Options of AVERAGE_POOL_2D, MAX_POOL_2D and L2_POOL_2D. */
export interface PoolAttrs extends FusedAttrs {
  padding: number;
  stride_w: number;
  stride_h: number;
  filter_width: number;
  filter_height: number;
}

const FIELDS: readonly (readonly [keyof PoolAttrs & string, OptionKind])[] = [
  ['padding', 'int8'],
  ['stride_w', 'int32'],
  ['stride_h', 'int32'],
  ['filter_width', 'int32'],
  ['filter_height', 'int32'],
  ['fused_activation_function', 'int8'],
];

const at = versions('1.5.0', '1.14.0', '2.3.0');

/** What all pools share: operand [N,H,W,C], result of as many channels. */
export const pooling = {
  options: { union: 5, fields: FIELDS },
  infer(op: Op<PoolAttrs>): readonly TensorType[] {
    const [n = -1, height = -1, width = -1, channels = -1] = op.input(0).shape;
    const { padding, stride_h, stride_w, filter_height, filter_width } = op.attrs;
    const shape = [
      n,
      windowOutput({ size: height, kernel: filter_height, stride: stride_h }, padding),
      windowOutput({ size: width, kernel: filter_width, stride: stride_w }, padding),
      channels,
    ];
    return [{ dtype: op.input(0).dtype, shape }];
  },
  version: (op: Op<PoolAttrs>): OpVersion => at(versionByType(op, 0, { int8: 2, int16: 3 })),
  quantization: {
    rule: 'same',
    operands: [0],
    picks: 'extremum',
    int16Kernel: true,
  } satisfies QuantizationFacts,
};

/** Lowers a 2-D pool node; explicit paddings are filled with `fill`. */
export function pool2d(
  context: LowerContext,
  type: string,
  fill: number,
  ksize = context.ints('ksize'),
  attrs: SpatialAttrs = spatialAttrs(context),
): Value {
  const kernel = windowOf(context, ksize, attrs, 2);
  const input = context.input(0);
  const x = padded(context, attrs.channelsFirst ? channelsLast(context, input) : input, attrs.pads, fill);
  const y = emitPool(context, type, x, kernel, attrs.strides, attrs.padding);
  return attrs.channelsFirst ? channelsFirst(context, y) : y;
}

/**
 * A pool over depth, height and width as two over two axes: over height and width with the depth in the batch, then over
 * the depth. Maxima and means (padding left out of both counts) come out the same.
 */
export function pool3d(context: LowerContext, type: string): Value {
  const attrs = spatialAttrs(context, 3);
  const [kernelDepth = 1, ...kernel] = windowOf(context, context.ints('ksize'), attrs, 3);
  const [strideDepth = 1, ...strides] = attrs.strides;
  const input = context.input(0);
  const x = attrs.channelsFirst ? channelsLast(context, input) : input;
  const [, depth = -1, height = -1, width = -1, channels = -1] = x.shape;
  if ([depth, height, width, channels].includes(-1))
    context.refuse('pooling over three axes of unknown length');
  const reshape = (value: Value, shape: readonly number[]): Value =>
    context.emit1('RESHAPE', {}, [value, context.ints32(shape)]);
  const n = x.shape[0] ?? -1;
  const flat = reshape(x, [n === -1 ? -1 : n * depth, height, width, channels]);
  const planes = emitPool(context, type, flat, kernel, strides, attrs.padding);
  const [, outHeight = 1, outWidth = 1] = planes.shape;
  const lines = reshape(planes, [n, depth, outHeight * outWidth, channels]);
  const pooled = emitPool(context, type, lines, [kernelDepth, 1], [strideDepth, 1], attrs.padding);
  const y = reshape(pooled, [n, pooled.shape[1] ?? 1, outHeight, outWidth, channels]);
  return attrs.channelsFirst ? channelsFirst(context, y) : y;
}

/** Kernel sizes of the spatial axes; refuses pooling over batch or channels. */
function windowOf(
  context: LowerContext,
  ksize: readonly number[],
  attrs: SpatialAttrs,
  rank: number,
): number[] {
  const first = attrs.channelsFirst ? 2 : 1;
  const window = ksize.slice(first, first + rank);
  if (ksize.length !== rank + 2 || sizeOf(ksize) !== sizeOf(window))
    context.refuse('pooling over the batch or channel axis');
  return window;
}

function emitPool(
  context: LowerContext,
  type: string,
  x: Value,
  kernel: readonly number[],
  strides: readonly number[],
  padding: number,
): Value {
  const attrs: PoolAttrs = {
    padding: padding === PADDING.SAME ? PADDING.SAME : PADDING.VALID,
    stride_w: strides[1] ?? 1,
    stride_h: strides[0] ?? 1,
    filter_width: kernel[1] ?? 1,
    filter_height: kernel[0] ?? 1,
    fused_activation_function: FUSED.NONE,
  };
  return context.emit1(type, attrs, [x]);
}

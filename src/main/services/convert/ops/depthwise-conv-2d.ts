import type { Value } from '../graph/ir';
import { requireType } from './kit/elementwise';
import {
  channelsFirst,
  channelsLast,
  convolvedType,
  padded,
  spatialAttrs,
  zeroBias,
  type SpatialAttrs,
  type WindowAttrs,
} from './kit/convolution';
import { FUSED, type FusedAttrs } from './kit/fused';
import { isHybrid, isPerChannel } from './kit/hybrid';
import { reshapedConstant } from './kit/lazy-constant';
import { INT16_SINCE, versions } from './kit/versions';
import { defineOp, type LowerContext } from './op';

export interface DepthwiseConv2dAttrs extends FusedAttrs, WindowAttrs {
  depth_multiplier: number;
}

const at = versions('1.5.0', '1.12.0', '1.14.0', '2.2.0', '2.3.0', '2.3.0', '2.11.0');

/** Operands: input [N,H,W,C], filter [1,KH,KW,C*multiplier], bias [C*multiplier]. */
export const op = defineOp<DepthwiseConv2dAttrs>({
  type: 'DEPTHWISE_CONV_2D',
  code: 4,
  options: {
    union: 2,
    fields: [
      ['padding', 'int8'],
      ['stride_w', 'int32'],
      ['stride_h', 'int32'],
      ['depth_multiplier', 'int32'],
      ['fused_activation_function', 'int8'],
      ['dilation_w_factor', 'int32', 1],
      ['dilation_h_factor', 'int32', 1],
    ],
  },
  infer(op) {
    const channels = op.input(0).shape[3] ?? -1;
    const outputs = op.input(1).shape[3] ?? -1;
    if (channels !== -1 && outputs !== channels * op.attrs.depth_multiplier)
      throw new Error(
        `${channels} channels times ${op.attrs.depth_multiplier} are not the filter's ${outputs}`,
      );
    return [convolvedType(op, outputs)];
  },
  version(op) {
    if (op.input(0).dtype === 'int16' && op.input(1).dtype === 'int16') return at(5);
    // 16-bit activations with 8-bit weights have no version of their own; TensorFlow writes that of 8 bits.
    if (op.input(0).dtype === 'int16') return { version: 3, since: INT16_SINCE };
    if (isHybrid(op, 1)) return at(isPerChannel(op.input(1)) ? 6 : 4);
    if (op.input(0).dtype === 'int8') return at(3);
    return at(op.attrs.dilation_w_factor !== 1 || op.attrs.dilation_h_factor !== 1 ? 2 : 1);
  },
  quantization: {
    rule: 'free',
    operands: [0],
    weights: { operand: 1, axis: 3, bias: 2 },
    int16Kernel: true,
    dynamicRange: 'compute',
  },
  lower: {
    DepthwiseConv2dNative: (context) => depthwiseConvolution(context, spatialAttrs(context)),
  },
});

/** Lowers a node with DepthwiseConv2dNative's operands: input in either data format, filter [KH,KW,C,multiplier]. */
export function depthwiseConvolution(context: LowerContext, attrs: SpatialAttrs): Value {
  requireType(context, 0, 'DEPTHWISE_CONV_2D', ['float32']);
  const input = context.input(0);
  const x = padded(context, attrs.channelsFirst ? channelsLast(context, input) : input, attrs.pads);
  const filter = context.input(1);
  const [height = 1, width = 1, channels = 1, multiplier = 1] = filter.shape;
  const shape = [1, height, width, channels * multiplier];
  const kernel = filter.constant
    ? reshapedConstant(filter, shape)
    : context.emit1('RESHAPE', {}, [filter, context.ints32(shape)]);
  const y = depthwiseConv(context, x, kernel, attrs);
  return attrs.channelsFirst ? channelsFirst(context, y) : y;
}

/** Emits the operator for a channels-last input and a filter in TFLite's order. */
export function depthwiseConv(
  context: LowerContext,
  x: Value,
  kernel: Value,
  { strides, dilations, padding }: SpatialAttrs,
): Value {
  const outputs = kernel.shape[3] ?? 1;
  const channels = x.shape[3] ?? -1;
  if (channels === -1) context.refuse('its number of input channels is not known');
  return context.emit1(
    'DEPTHWISE_CONV_2D',
    {
      padding,
      stride_w: strides[1] ?? 1,
      stride_h: strides[0] ?? 1,
      depth_multiplier: outputs / channels,
      fused_activation_function: FUSED.NONE,
      dilation_w_factor: dilations[1] ?? 1,
      dilation_h_factor: dilations[0] ?? 1,
    } satisfies DepthwiseConv2dAttrs,
    [x, kernel, zeroBias(context.node.name, outputs)],
  );
}

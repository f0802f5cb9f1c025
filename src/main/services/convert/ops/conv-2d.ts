import type { Op, Value } from '../graph/ir';
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
import { transposedConstant, reshapedConstant } from './kit/lazy-constant';
import { INT16_SINCE, versions } from './kit/versions';
import { depthwiseConv } from './depthwise-conv-2d';
import { defineOp, type LowerContext } from './op';

export interface Conv2dAttrs extends FusedAttrs, WindowAttrs {
  quantized_bias_type: number;
}

const at = versions('1.5.0', '1.14.0', '1.14.0', '2.3.0', '2.4.0', '2.9.0', '2.11.0', '2.15.0');

/** Operands: input [N,H,W,C], filter [O,KH,KW,C/groups], bias [O]. */
export const op = defineOp<Conv2dAttrs>({
  type: 'CONV_2D',
  code: 3,
  options: {
    union: 1,
    fields: [
      ['padding', 'int8'],
      ['stride_w', 'int32'],
      ['stride_h', 'int32'],
      ['fused_activation_function', 'int8'],
      ['dilation_w_factor', 'int32', 1],
      ['dilation_h_factor', 'int32', 1],
      ['quantized_bias_type', 'int8'],
    ],
  },
  infer(op) {
    const channels = op.input(0).shape[3] ?? -1;
    const [outputs = -1, , , depth = 1] = op.input(1).shape;
    if (channels !== -1 && channels % depth !== 0)
      throw new Error(`${channels} input channels do not fit a filter of depth ${depth}`);
    return [convolvedType(op, outputs)];
  },
  version(op) {
    if (isGrouped(op)) return at(6);
    // 16-bit activations with 8-bit weights have no version of their own; TensorFlow writes that of 8 bits.
    if (op.input(0).dtype === 'int16')
      return op.input(1).dtype === 'int16' ? at(4) : { version: 3, since: INT16_SINCE };
    if (op.input(0).dtype === 'int8') return at(3);
    if (isHybrid(op, 1)) return at(isPerChannel(op.input(1)) ? 5 : 2);
    return at(1);
  },
  quantization: {
    rule: 'free',
    operands: [0],
    weights: { operand: 1, axis: 0, bias: 2 },
    int16Kernel: true,
    dynamicRange: 'compute',
  },
  lower: {
    Conv2D: (context) => convolution(context, spatialAttrs(context)),
  },
});

const isGrouped = (op: Op): boolean => op.input(0).shape[3] !== op.input(1).shape[3];

/** Lowers a node with Conv2D's operands and attributes: input in either data format, filter [KH,KW,I/groups,O]. */
export function convolution(context: LowerContext, attrs: SpatialAttrs): Value {
  requireType(context, 0, 'CONV_2D', ['float32']);
  const input = context.input(0);
  const x = padded(context, attrs.channelsFirst ? channelsLast(context, input) : input, attrs.pads);
  const filter = context.input(1);
  const [height = 1, width = 1, depth = 1, outputs = 1] = filter.shape;
  const channels = x.shape[3] ?? -1;
  if (channels === -1) context.refuse('its number of input channels is not known');
  let y: Value;
  if (depth === 1 && channels > 1 && channels <= outputs && filter.constant) {
    // As many groups as channels: the filter [KH,KW,1,C*M] has depthwise order already.
    const kernel = reshapedConstant(filter, [1, height, width, outputs]);
    y = depthwiseConv(context, x, kernel, attrs);
  } else {
    const [stride_h = 1, stride_w = 1] = attrs.strides;
    const [dilation_h_factor = 1, dilation_w_factor = 1] = attrs.dilations;
    const ohwi = filter.constant
      ? transposedConstant(filter, height * width * depth, outputs, [outputs, height, width, depth])
      : context.emit1('TRANSPOSE', {}, [filter, context.ints32([3, 0, 1, 2])]);
    y = context.emit1(
      'CONV_2D',
      {
        padding: attrs.padding,
        stride_w,
        stride_h,
        fused_activation_function: FUSED.NONE,
        dilation_w_factor,
        dilation_h_factor,
        quantized_bias_type: 0,
      } satisfies Conv2dAttrs,
      [x, ohwi, zeroBias(context.node.name, outputs)],
    );
  }
  return attrs.channelsFirst ? channelsFirst(context, y) : y;
}

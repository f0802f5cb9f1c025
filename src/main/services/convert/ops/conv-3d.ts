import { requireType } from './kit/elementwise';
import { channelsFirst, channelsLast, spatialAttrs } from './kit/convolution';
import { CONV_3D_FIELDS, conv3dAttrs, type Conv3dAttrs } from './kit/convolution-3d';
import { windowOutput } from './kit/window';
import { defineOp } from './op';

/** Operands: input [N,D,H,W,I], filter [KD,KH,KW,I,O], bias [O] or left out. Float only. */
export const op = defineOp<Conv3dAttrs>({
  type: 'CONV_3D',
  code: 132,
  options: { union: 106, fields: CONV_3D_FIELDS },
  infer(op) {
    const [n = -1, depth = -1, height = -1, width = -1, channels = -1] = op.input(0).shape;
    const [kernelDepth = 1, kernelHeight = 1, kernelWidth = 1, inputs = -1, outputs = -1] = op.input(1).shape;
    if (channels !== -1 && inputs !== -1 && channels !== inputs)
      throw new Error(`${channels} input channels do not fit a filter for ${inputs}`);
    const a = op.attrs;
    const spatial = [
      { size: depth, kernel: kernelDepth, stride: a.stride_d, dilation: a.dilation_d_factor },
      { size: height, kernel: kernelHeight, stride: a.stride_h, dilation: a.dilation_h_factor },
      { size: width, kernel: kernelWidth, stride: a.stride_w, dilation: a.dilation_w_factor },
    ].map((window) => windowOutput(window, a.padding));
    return [{ dtype: op.input(0).dtype, shape: [n, ...spatial, outputs] }];
  },
  version: () => ({ version: 1, since: '2.5.0' }),
  quantization: { rule: 'float', int16Kernel: false },
  lower: {
    Conv3D(context) {
      requireType(context, 0, 'CONV_3D', ['float32']);
      const attrs = spatialAttrs(context, 3);
      const input = context.input(0);
      const x = attrs.channelsFirst ? channelsLast(context, input) : input;
      const y = context.emit1('CONV_3D', conv3dAttrs(attrs), [x, context.input(1)]);
      return attrs.channelsFirst ? channelsFirst(context, y) : y;
    },
  },
});

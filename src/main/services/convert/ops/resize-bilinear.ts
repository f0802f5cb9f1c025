import { defineOp } from './op';
import { castTo } from './kit/cast';
import { emitResize, resizedType, type ResizeAttrs } from './kit/resize';
import { versions } from './kit/versions';

const version = versions('1.7.0', '1.14.0', '2.2.0', '2.5.0');

export const op = defineOp<ResizeAttrs>({
  type: 'RESIZE_BILINEAR',
  code: 23,
  options: {
    union: 15,
    fields: [
      ['-', 'deprecated'],
      ['-', 'deprecated'],
      ['align_corners', 'bool', false],
      ['half_pixel_centers', 'bool', false],
    ],
  },
  quantization: { rule: 'same', operands: [0], picks: 'mean', int16Kernel: true },
  version: (op) => {
    const { dtype } = op.input(0);
    if (dtype === 'int16') return version(4);
    if (op.attrs.half_pixel_centers) return version(3);
    return version(dtype === 'int8' ? 2 : 1);
  },
  infer: (op) => [resizedType(op)],
  lower: {
    // TensorFlow's result is float32 for any image.
    ResizeBilinear: (context) =>
      emitResize(context, 'RESIZE_BILINEAR', castTo(context, context.input(0), 'float32')),
  },
});

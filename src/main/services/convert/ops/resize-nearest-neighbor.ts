import { defineOp } from './op';
import { requireType } from './kit/elementwise';
import { emitResize, resizedType, type ResizeAttrs } from './kit/resize';
import { versions } from './kit/versions';

const version = versions('1.13.1', '1.14.0', '2.3.0', '2.4.0');

export const op = defineOp<ResizeAttrs>({
  type: 'RESIZE_NEAREST_NEIGHBOR',
  code: 97,
  options: {
    union: 74,
    fields: [
      ['align_corners', 'bool', false],
      ['half_pixel_centers', 'bool', false],
    ],
  },
  quantization: { rule: 'same', operands: [0], int16Kernel: true },
  version: (op) => {
    const { dtype } = op.input(0);
    if (dtype === 'int16') return version(4);
    if (op.attrs.half_pixel_centers || op.attrs.align_corners) return version(3);
    return version(dtype === 'int8' ? 2 : 1);
  },
  infer: (op) => [resizedType(op)],
  lower: {
    ResizeNearestNeighbor: (context) => {
      requireType(context, 0, 'RESIZE_NEAREST_NEIGHBOR', ['float32', 'uint8', 'int8', 'int16']);
      return emitResize(context, 'RESIZE_NEAREST_NEIGHBOR', context.input(0));
    },
  },
});

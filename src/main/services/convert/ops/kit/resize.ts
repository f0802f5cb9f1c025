import type { Op, TensorType, Value } from '../../graph/ir';
import type { LowerContext } from '../op';
import { asInt32 } from './reshape';
import { elementsOf } from './constants';

export interface ResizeAttrs {
  align_corners: boolean;
  half_pixel_centers: boolean;
}

/** Resizes `image` to the height and width in operand 1 of the node, as its attributes say. */
export const emitResize = (context: LowerContext, type: string, image: Value): Value =>
  context.emit1(
    type,
    {
      align_corners: context.bool('align_corners', false),
      half_pixel_centers: context.bool('half_pixel_centers', false),
    } satisfies ResizeAttrs,
    [image, asInt32(context, context.input(1))],
  );

/** Shape of an NHWC image resized to the height and width in operand 1. */
export const resizedType = (op: Op): TensorType => {
  const { dtype, shape } = op.input(0);
  if (shape.length !== 4) throw new Error(`it resizes ${shape.length} dimensions instead of 4`);
  const size = elementsOf(op.input(1));
  const [height, width] = [size?.[0], size?.[1]].map((dim) => (typeof dim === 'number' ? dim : -1));
  return { dtype, shape: [shape[0] ?? -1, height ?? -1, width ?? -1, shape[3] ?? -1] };
};

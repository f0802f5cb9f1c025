import { constantNumbers } from '../../graph/constant';
import type { Op, TensorType } from '../../graph/ir';
import type { LowerContext } from '../op';

export interface BlockAttrs {
  block_size: number;
}

/** A dimension in parts of `block`; -1 stays dynamic. Throws when it does not come out even. */
export const parts = (dim: number, block: number): number => {
  if (dim !== -1 && dim % block !== 0) throw new Error(`a dimension of ${dim} has no parts of ${block}`);
  return dim === -1 ? -1 : dim / block;
};

/** Refuses nodes of another layout than NHWC. */
export const channelsLast = (context: LowerContext): void => {
  const layout = context.string('data_format', 'NHWC');
  if (layout !== 'NHWC') context.refuse(`its layout is ${layout}; export the model with channels last`);
};

/**
 * Shape of SPACE_TO_BATCH_ND (`sign` 1: dimensions grow by operand 2 and are divided by the block) and BATCH_TO_SPACE_ND
 * (-1: multiplied, then cropped).
 */
export const batchBlocksType = (op: Op, sign: 1 | -1): TensorType => {
  const { dtype, shape } = op.input(0);
  const block = constantNumbers(op.input(1));
  const border = constantNumbers(op.input(2));
  if (!block)
    return { dtype, shape: shape.map((dim, axis) => (axis > (op.input(1).shape[0] ?? 0) ? dim : -1)) };
  const product = block.reduce((a, b) => a * b, 1);
  return {
    dtype,
    shape: shape.map((dim, axis) => {
      const size = block[axis - 1];
      if (axis === 0 && dim !== -1) return sign === 1 ? dim * product : parts(dim, product);
      if (axis === 0 || size === undefined) return dim;
      if (!border || dim === -1) return -1;
      const change = (border[2 * axis - 2] ?? 0) + (border[2 * axis - 1] ?? 0);
      return sign === 1 ? parts(dim + change, size) : dim * size - change;
    }),
  };
};

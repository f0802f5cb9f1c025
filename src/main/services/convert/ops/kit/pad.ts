import type { TypedArray } from '@shared/model/dtype';
import { constantNumbers } from '../../graph/constant';
import type { Op } from '../../graph/ir';
import type { ConstantTensor } from '../op';
import { newArray } from './constants';
import { kindOf } from './elementwise';
import { sizeOf, stridesOf } from './shapes';

/** Shape of operand 0 padded by operand 1 ([before, after] per dimension); dynamic where they are not constant. */
export const paddedShape = (op: Op): number[] => {
  const { shape } = op.input(0);
  const paddings = constantNumbers(op.input(1));
  if (op.input(1).shape.length !== 2 || op.input(1).shape[0] !== shape.length)
    throw new Error(`its paddings are not [${shape.length},2]`);
  if (paddings?.some((padding) => padding < 0)) throw new Error('a padding is negative');
  return shape.map((dim, axis) =>
    !paddings || dim === -1 ? -1 : dim + (paddings[2 * axis] ?? 0) + (paddings[2 * axis + 1] ?? 0),
  );
};

/** A constant padded with `value`. */
export const paddedData = (
  input: ConstantTensor,
  paddings: readonly number[],
  shape: readonly number[],
  value: number,
): TypedArray | undefined => {
  const out = newArray(input.dtype, sizeOf(shape));
  const kind = kindOf(input.dtype);
  if (!out || kind === 'none') return undefined;
  if (value !== 0) out.fill((kind === 'big' ? BigInt(value) : value) as never);
  const from = stridesOf(input.shape);
  const to = stridesOf(shape);
  for (let i = 0; i < input.data.length; i++) {
    let at = 0;
    let rest = i;
    for (let axis = 0; axis < from.length; axis++) {
      const index = Math.floor(rest / (from[axis] as number));
      rest -= index * (from[axis] as number);
      at += (index + (paddings[2 * axis] ?? 0)) * (to[axis] as number);
    }
    out[at] = input.data[i] as number;
  }
  return out;
};

import type { TypedArray } from '@shared/model/dtype';
import { constantNumbers } from '../../graph/constant';
import type { Op } from '../../graph/ir';
import type { ConstantTensor } from '../op';
import { walkElements } from './move';
import { normalAxis, stridesOf } from './shapes';

/** Consecutive parts of a constant along an axis, of the given sizes; undefined for strings and complex numbers. */
const splitData = (
  input: ConstantTensor,
  axis: number,
  sizes: readonly number[],
): readonly TypedArray[] | undefined => {
  const strides = stridesOf(input.shape);
  let start = 0;
  const parts = sizes.map((size) => {
    const walk = { shape: input.shape.with(axis, size), strides, offset: start * (strides[axis] ?? 0) };
    start += size;
    return walkElements(input, walk);
  });
  return parts.includes(undefined) ? undefined : parts.flatMap((part) => part ?? []);
};

export interface SplitAttrs {
  num_splits: number;
}

/** The axis in operand `from`, along which operand `of` is split. */
export const splitAxis = (op: Op<SplitAttrs>, from: number, of: number): number => {
  const [axis] = constantNumbers(op.input(from)) ?? [];
  if (axis === undefined) throw new Error('its axis is not constant');
  return normalAxis(axis, op.input(of).shape.length);
};

/** Consecutive parts of a constant in the sizes of the operator's outputs. */
export const foldSplit = (
  input: ConstantTensor | null | undefined,
  op: Op<SplitAttrs>,
  axis: number,
): readonly TypedArray[] | undefined =>
  input
    ? splitData(
        input,
        axis,
        op.outputs.map((output) => output.shape[axis] ?? 0),
      )
    : undefined;

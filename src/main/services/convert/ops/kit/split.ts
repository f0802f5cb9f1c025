import type { TypedArray } from '@shared/model/dtype';
import type { ConstantTensor } from '../op';
import { walkElements } from './move';
import { stridesOf } from './shapes';

/** Consecutive parts of a constant along an axis, of the given sizes; undefined for strings and complex numbers. */
export const splitData = (
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

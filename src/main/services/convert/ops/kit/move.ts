import type { TypedArray } from '@shared/model/dtype';
import type { ConstantTensor } from '../op';
import { newArray } from './constants';
import { sizeOf } from './shapes';

/** Where the elements of an output stand in the input: index = offset + sum of stride x coordinate. */
export interface Walk {
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  readonly offset?: number;
}

/**
 * Picks elements of a constant in the order of a walk: transpositions, slices, reversals (negative strides) and
 * repetitions (stride 0). Undefined for strings and complex numbers.
 */
export const walkElements = (input: ConstantTensor, walk: Walk): TypedArray | undefined => {
  const out = input.dtype === 'complex64' ? undefined : newArray(input.dtype, sizeOf(walk.shape));
  if (out) writeWalk(input.data, out, walk);
  return out;
};

const writeWalk = (data: TypedArray, out: TypedArray, { shape, strides, offset = 0 }: Walk): void => {
  const rank = shape.length;
  const inner = rank === 0 ? 1 : (shape[rank - 1] as number);
  const innerStride = rank === 0 ? 1 : (strides[rank - 1] as number);
  const counter = shape.map(() => 0);
  let start = offset;
  for (let at = 0; at < out.length; at += inner) {
    let from = start;
    for (let i = 0; i < inner; i++, from += innerStride) out[at + i] = data[from] as number;
    for (let axis = rank - 2; axis >= 0; axis--) {
      const next = (counter[axis] as number) + 1;
      start += strides[axis] as number;
      counter[axis] = next;
      if (next < (shape[axis] as number)) break;
      start -= next * (strides[axis] as number);
      counter[axis] = 0;
    }
  }
};

import { BYTES_PER_ELEMENT, bytesOf, viewAs, type DType, type TypedArray } from '@shared/model/dtype';
import { elementCount } from '@shared/model/tensor';
import type { ConstantTensor } from '../ops/op';
import { Value, type ConstantData, type ShapeElement } from './ir';

/** Constant data that is in memory already. */
export const dataOf = (array: TypedArray): ConstantData => {
  const bytes = bytesOf(array);
  return { byteLength: bytes.byteLength, bytes: () => bytes };
};

/** A new constant value over an array in memory. */
export function constantValue(name: string, tensor: ConstantTensor): Value {
  const value = new Value(name, tensor);
  value.constant = dataOf(tensor.data);
  return value;
}

/** Bytes that a tensor of this type takes; NaN when a dimension is dynamic, 0 for strings. */
export const byteLengthOf = (type: { readonly dtype: DType; readonly shape: readonly number[] }): number =>
  type.shape.some((size) => size < 0) ? NaN : elementCount(type.shape) * BYTES_PER_ELEMENT[type.dtype];

/** The values of a constant, read now; undefined when `value` is no constant, or one of strings. */
export function constantTensor(value: Value | null | undefined): ConstantTensor | undefined {
  if (!value?.constant || value.dtype === 'string') return undefined;
  return { dtype: value.dtype, shape: value.shape, data: viewAs(value.dtype, value.constant.bytes()) };
}

/** The elements of a constant as plain numbers (int64 included; the caller knows that they are small). */
export function constantNumbers(value: Value | null | undefined): number[] | undefined {
  const tensor = constantTensor(value);
  return tensor && Array.from(tensor.data, Number);
}

/** No tensor that describes a shape is longer; keeps a hostile file's long integer tensors out of the bookkeeping. */
const MAX_SHAPE_ELEMENTS = 64;

/**
 * What is known of the elements of a shape-like tensor (rank 0 or 1, integer): the values of a constant, or what its
 * producer's `shapeElements` told. Undefined when nothing is known.
 */
export function shapeElementsOf(value: Value | null | undefined): readonly ShapeElement[] | undefined {
  if (!value) return undefined;
  if (value.shapeElements) return value.shapeElements;
  if (value.dtype !== 'int32' && value.dtype !== 'int64') return undefined;
  if (value.shape.length > 1 || elementCount(value.shape) > MAX_SHAPE_ELEMENTS) return undefined;
  return constantNumbers(value);
}

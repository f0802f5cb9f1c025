/** Element types of tensors, named as TensorFlow and numpy name them. */
export const DTYPES = [
  'float32',
  'float16',
  'float64',
  'int8',
  'uint8',
  'int16',
  'uint16',
  'int32',
  'uint32',
  'int64',
  'uint64',
  'bool',
  'string',
  'complex64',
] as const;
export type DType = (typeof DTYPES)[number];

/** Bytes of one element; a string has no fixed size and counts 0. */
export const BYTES_PER_ELEMENT: Record<DType, number> = {
  float32: 4,
  float16: 2,
  float64: 8,
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  int64: 8,
  uint64: 8,
  bool: 1,
  string: 0,
  complex64: 8,
};

export type TypedArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/** The array class that holds a dtype's elements. float16 is held as its bits; bool as 0 and 1. */
export const ARRAY_OF = {
  float32: Float32Array,
  float16: Uint16Array,
  float64: Float64Array,
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  bool: Uint8Array,
  complex64: Float32Array,
} as const;

/** Views `bytes` (little-endian, C order) as elements of `dtype`; copies only where the alignment demands it. */
export function viewAs<D extends Exclude<DType, 'string'>>(
  dtype: D,
  bytes: Uint8Array,
): InstanceType<(typeof ARRAY_OF)[D]> {
  const Class = ARRAY_OF[dtype];
  const size = Class.BYTES_PER_ELEMENT;
  // Not `slice`: on Node's Buffer that is no copy.
  const aligned = bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes);
  return new Class(
    aligned.buffer as ArrayBuffer,
    aligned.byteOffset,
    Math.floor(aligned.byteLength / size),
  ) as InstanceType<(typeof ARRAY_OF)[D]>;
}

/** The bytes behind a typed array, without a copy. */
export const bytesOf = (array: TypedArray): Uint8Array =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

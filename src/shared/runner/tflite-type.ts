import { DTYPES, type DType } from '../model/dtype';

/**
 * What TensorFlow Lite calls each element type: the number in a file (TensorType in tflite/schema/schema.fbs) and the one that
 * its C interface gives (TfLiteType in tflite/core/c/c_api_types.h).
 */
const NUMBERS: Record<DType, readonly [inFile: number, inMemory: number]> = {
  float32: [0, 1],
  float16: [1, 10],
  int32: [2, 2],
  uint8: [3, 3],
  int64: [4, 4],
  string: [5, 5],
  bool: [6, 6],
  int16: [7, 7],
  complex64: [8, 8],
  int8: [9, 9],
  float64: [10, 11],
  uint64: [12, 13],
  uint32: [15, 16],
  uint16: [16, 17],
};

const column = (place: 0 | 1): Record<DType, number> =>
  Object.fromEntries(DTYPES.map((dtype) => [dtype, NUMBERS[dtype][place]])) as Record<DType, number>;

/** Numbers of element types in a .tflite file. */
export const TENSOR_TYPE = column(0);

/** Numbers of element types in the C interface. */
export const TFLITE_TYPE = column(1);

const NAMES = new Map(DTYPES.map((dtype) => [TFLITE_TYPE[dtype], dtype]));

/** The dtype of a TfLiteType, or undefined when we have none for it. */
export const dtypeOfTfliteType = (type: number): DType | undefined => NAMES.get(type);

import type { DType } from '../model/dtype';

/** Numbers of TfLiteType in tflite/core/c/c_api_types.h. */
export const TFLITE_TYPE: Record<DType, number> = {
  float32: 1,
  int32: 2,
  uint8: 3,
  int64: 4,
  string: 5,
  bool: 6,
  int16: 7,
  complex64: 8,
  int8: 9,
  float16: 10,
  float64: 11,
  uint64: 13,
  uint32: 16,
  uint16: 17,
};

const NAMES = new Map(Object.entries(TFLITE_TYPE).map(([name, number]) => [number, name as DType]));

/** The dtype of a TfLiteType, or undefined when we have none for it. */
export const dtypeOfTfliteType = (type: number): DType | undefined => NAMES.get(type);

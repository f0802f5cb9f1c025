import type { DType } from '@shared/model/dtype';

/** Numbers of TFLite's TensorType enum (google-ai-edge/LiteRT tflite/converter/schema/schema.fbs), for options that hold one. */
export const TENSOR_TYPE: Record<DType, number> = {
  float32: 0,
  float16: 1,
  int32: 2,
  uint8: 3,
  int64: 4,
  string: 5,
  bool: 6,
  int16: 7,
  complex64: 8,
  int8: 9,
  float64: 10,
  uint64: 12,
  uint32: 15,
  uint16: 16,
};

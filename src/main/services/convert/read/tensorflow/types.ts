import type { DType } from '@shared/model/dtype';
import type { SourceDType } from '../../source';

/** TensorFlow's DataType enum (tensorflow/core/framework/types.proto). Reference types add 100. */
const DTYPE_OF: Readonly<Record<number, SourceDType>> = {
  1: 'float32',
  2: 'float64',
  3: 'int32',
  4: 'uint8',
  5: 'int16',
  6: 'int8',
  7: 'string',
  8: 'complex64',
  9: 'int64',
  10: 'bool',
  17: 'uint16',
  19: 'float16',
  20: 'resource',
  21: 'variant',
  22: 'uint32',
  23: 'uint64',
};

const REFERENCE = 100;

const NUMBER_OF = new Map(Object.entries(DTYPE_OF).map(([number, dtype]) => [dtype, Number(number)]));

/** The enum's number of a type; 0 (DT_INVALID) for one that has none here. */
export const numberOfDtype = (dtype: SourceDType): number => NUMBER_OF.get(dtype) ?? 0;

export const dtypeOfNumber = (number: number): SourceDType =>
  DTYPE_OF[number > REFERENCE ? number - REFERENCE : number] ?? 'other';

/** From a name as JSON has it ("DT_FLOAT"), or the enum's number. */
export function dtypeOfName(name: string | number): SourceDType {
  if (typeof name === 'number') return dtypeOfNumber(name);
  return NAMES[name.replace(/_REF$/, '')] ?? 'other';
}

const NAMES: Readonly<Record<string, SourceDType>> = {
  DT_FLOAT: 'float32',
  DT_DOUBLE: 'float64',
  DT_INT32: 'int32',
  DT_UINT8: 'uint8',
  DT_INT16: 'int16',
  DT_INT8: 'int8',
  DT_STRING: 'string',
  DT_COMPLEX64: 'complex64',
  DT_INT64: 'int64',
  DT_BOOL: 'bool',
  DT_UINT16: 'uint16',
  DT_HALF: 'float16',
  DT_RESOURCE: 'resource',
  DT_VARIANT: 'variant',
  DT_UINT32: 'uint32',
  DT_UINT64: 'uint64',
};

export const isTensorDType = (dtype: SourceDType): dtype is DType =>
  dtype !== 'resource' && dtype !== 'variant' && dtype !== 'other';

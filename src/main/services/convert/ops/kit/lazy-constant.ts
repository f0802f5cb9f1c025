import { BYTES_PER_ELEMENT, bytesOf } from '@shared/model/dtype';
import { elementCount } from '@shared/model/tensor';
import { Value, type ConstantData, type TensorType } from '../../graph/ir';
import { steppedData, stepsOf, type Steps } from '../../graph/steps';
import { permuteSteps, transposeSteps } from './transpose';

/** A constant whose bytes are made from others only when the file is written; `compute` may be called more than once. */
export const lazyConstant = (name: string, type: TensorType, compute: () => Uint8Array): Value =>
  constantOf(name, type, { byteLength: bytesIn(type), bytes: compute });

/** The same for what may be large: it is made in steps. */
export const steppedConstant = (name: string, type: TensorType, steps: () => Steps): Value =>
  constantOf(name, type, steppedData(bytesIn(type), steps));

function constantOf(name: string, type: TensorType, data: ConstantData): Value {
  const value = new Value(name, type);
  value.constant = data;
  return value;
}

const bytesIn = ({ shape, dtype }: TensorType): number => elementCount(shape) * BYTES_PER_ELEMENT[dtype];

/** A float32 constant that is small enough to be held. */
export function floatConstant(name: string, shape: readonly number[], data: Float32Array): Value {
  return lazyConstant(name, { dtype: 'float32', shape }, () => bytesOf(data));
}

/** A constant's bytes; asking a computed value for them is a bug. */
export const constantBytes = (value: Value): Uint8Array => dataOf(value).bytes();

/** The same in steps. */
export const constantSteps = (value: Value): Steps => stepsOf(dataOf(value));

function dataOf(value: Value): ConstantData {
  if (!value.constant) throw new Error(`'${value.name}' is no constant`);
  return value.constant;
}

/** The same bytes under another shape of as many elements. */
export const reshapedConstant = (value: Value, shape: readonly number[]): Value =>
  steppedConstant(value.name, { dtype: value.dtype, shape }, () => constantSteps(value));

/**
 * The constant seen as a [rows, columns] matrix, transposed; `shape` is what the result is called. Covers the usual
 * changes of layout: HWIO to OHWI is the transpose of [HWI, O], a dense kernel's that of [in, out].
 */
export const transposedConstant = (
  value: Value,
  rows: number,
  columns: number,
  shape: readonly number[],
): Value =>
  steppedConstant(value.name, { dtype: value.dtype, shape }, function* () {
    return yield* transposeSteps(yield* constantSteps(value), value.dtype, rows, columns);
  });

/** Any permutation of a constant's axes, for the layouts that no matrix transpose gives. */
export function permutedConstant(value: Value, perm: readonly number[]): Value {
  const shape = perm.map((axis) => value.shape[axis] ?? 1);
  return steppedConstant(value.name, { dtype: value.dtype, shape }, function* () {
    return yield* permuteSteps(yield* constantSteps(value), value, perm);
  });
}

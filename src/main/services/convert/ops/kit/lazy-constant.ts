import { BYTES_PER_ELEMENT, bytesOf, viewAs, type DType } from '@shared/model/dtype';
import { elementCount } from '@shared/model/tensor';
import { Value, type TensorType } from '../../graph/ir';

/** A constant whose bytes are made from others only when the file is written; `compute` may be called more than once. */
export function lazyConstant(name: string, type: TensorType, compute: () => Uint8Array): Value {
  const value = new Value(name, type);
  value.constant = {
    byteLength: elementCount(type.shape) * BYTES_PER_ELEMENT[type.dtype],
    bytes: compute,
  };
  return value;
}

/** A float32 constant that is small enough to be held. */
export function floatConstant(name: string, shape: readonly number[], data: Float32Array): Value {
  return lazyConstant(name, { dtype: 'float32', shape }, () => bytesOf(data));
}

/** A constant's bytes; asking a computed value for them is a bug. */
export function constantBytes(value: Value): Uint8Array {
  if (!value.constant) throw new Error(`'${value.name}' is no constant`);
  return value.constant.bytes();
}

/** The same bytes under another shape of as many elements. */
export function reshapedConstant(value: Value, shape: readonly number[]): Value {
  return lazyConstant(value.name, { dtype: value.dtype, shape }, () => constantBytes(value));
}

/**
 * The constant seen as a [rows, columns] matrix, transposed; `shape` is what the result is called. Covers the usual
 * changes of layout: HWIO to OHWI is the transpose of [HWI, O], a dense kernel's that of [in, out].
 */
export function transposedConstant(
  value: Value,
  rows: number,
  columns: number,
  shape: readonly number[],
): Value {
  return lazyConstant(value.name, { dtype: value.dtype, shape }, () =>
    transposeMatrix(constantBytes(value), value.dtype, rows, columns),
  );
}

/** Bytes of the transpose of each of `count` [rows, columns] matrices that follow each other. */
export function transposeMatrix(
  bytes: Uint8Array,
  dtype: DType,
  rows: number,
  columns: number,
  count = 1,
): Uint8Array {
  if (dtype === 'string' || dtype === 'complex64') throw new Error(`a ${dtype} matrix cannot be transposed`);
  if (rows === 1 || columns === 1) return bytes;
  const from = viewAs(dtype, bytes) as Float32Array;
  const to = viewAs(dtype, new Uint8Array(bytes.byteLength)) as Float32Array;
  // Tall narrow blocks: a few cache lines of the source serve a run of the result that is written in order.
  for (let m = 0, base = 0; m < count; m++, base += rows * columns)
    for (let c0 = 0; c0 < columns; c0 += 8)
      for (let r0 = 0; r0 < rows; r0 += 64) {
        const r1 = Math.min(r0 + 64, rows);
        const c1 = Math.min(c0 + 8, columns);
        for (let c = c0; c < c1; c++) {
          let source = base + r0 * columns + c;
          for (let target = base + c * rows + r0, end = base + c * rows + r1; target < end; target++) {
            to[target] = from[source] as number;
            source += columns;
          }
        }
      }
  return bytesOf(to);
}

/** Any permutation of a constant's axes, for the layouts that no matrix transpose gives. */
export function permutedConstant(value: Value, perm: readonly number[]): Value {
  const shape = perm.map((axis) => value.shape[axis] ?? 1);
  return lazyConstant(value.name, { dtype: value.dtype, shape }, () => {
    if (value.dtype === 'string' || value.dtype === 'complex64')
      throw new Error(`'${value.name}' of ${value.dtype} cannot be transposed`);
    const from = viewAs(value.dtype, constantBytes(value)) as Float32Array;
    const to = from.slice();
    const step = value.shape.map((_, axis) => elementCount(value.shape.slice(axis + 1)));
    const steps = perm.map((axis) => step[axis] ?? 1);
    const index = shape.map(() => 0);
    let source = 0;
    for (let i = 0; i < to.length; i++) {
      to[i] = from[source] as number;
      for (let axis = shape.length - 1; axis >= 0; axis--) {
        source += steps[axis] as number;
        index[axis] = (index[axis] as number) + 1;
        if ((index[axis] as number) < (shape[axis] as number)) break;
        source -= (steps[axis] as number) * (shape[axis] as number);
        index[axis] = 0;
      }
    }
    return bytesOf(to);
  });
}

import { BYTES_PER_ELEMENT, bytesOf, viewAs, type DType, type TypedArray } from '@shared/model/dtype';
import { elementCount } from '@shared/model/tensor';
import type { TensorType } from '../../graph/ir';
import { STEP_BYTES, type Steps } from '../../graph/steps';

/** Columns that are turned into rows together: a few cache lines of the source serve runs that are written in order. */
const STRIPE = 8;
const RUN = 64;

/** Bytes of the transpose of a [rows, columns] matrix, in steps. */
export function* transposeSteps(bytes: Uint8Array, dtype: DType, rows: number, columns: number): Steps {
  if (rows === 1 || columns === 1) return bytes;
  const from = elementsOf(dtype, bytes);
  const to = elementsOf(dtype, new Uint8Array(bytes.byteLength));
  const stripeBytes = STRIPE * rows * BYTES_PER_ELEMENT[dtype];
  let pending = 0;
  for (let column = 0; column < columns; column += STRIPE) {
    transposeStripe(from, to, rows, columns, column);
    pending += stripeBytes;
    if (pending < STEP_BYTES) continue;
    pending = 0;
    yield;
  }
  return bytesOf(to);
}

function transposeStripe(
  from: Uint32Array,
  to: Uint32Array,
  rows: number,
  columns: number,
  column: number,
): void {
  const end = Math.min(column + STRIPE, columns);
  for (let row = 0; row < rows; row += RUN) {
    const run = Math.min(RUN, rows - row);
    for (let c = column; c < end; c++) {
      let source = row * columns + c;
      const target = c * rows + row;
      for (let i = target; i < target + run; i++) {
        to[i] = from[source] as number;
        source += columns;
      }
    }
  }
}

/** Bytes of a tensor of this type, its axes in the order `perm`, in steps. */
export function* permuteSteps(
  bytes: Uint8Array,
  { dtype, shape: before }: TensorType,
  perm: readonly number[],
): Steps {
  const shape = perm.map((axis) => before[axis] ?? 1);
  const from = elementsOf(dtype, bytes);
  const to = elementsOf(dtype, new Uint8Array(bytes.byteLength));
  const strides = before.map((_, axis) => elementCount(before.slice(axis + 1)));
  const steps = perm.map((axis) => strides[axis] ?? 1);
  const index = shape.map(() => 0);
  const pause = STEP_BYTES / BYTES_PER_ELEMENT[dtype];
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
    if (i % pause === pause - 1) yield;
  }
  return bytesOf(to);
}

/** Elements to be moved, never computed with: as integers, so that every bit of a NaN stays as it is. */
function elementsOf(dtype: DType, bytes: Uint8Array): Uint32Array {
  if (dtype === 'string' || dtype === 'complex64') throw new Error(`elements of ${dtype} cannot be moved`);
  const as: DType = dtype === 'float32' ? 'int32' : dtype;
  return viewAs(as, bytes) as TypedArray as Uint32Array;
}

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
  const walk = { source: 0, shape, steps: perm.map((axis) => strides[axis] ?? 1), index: shape.map(() => 0) };
  const piece = STEP_BYTES / BYTES_PER_ELEMENT[dtype];
  for (let i = 0; i < to.length; i += piece) {
    if (i > 0) yield;
    gather(from, to.subarray(i, i + piece), walk);
  }
  return bytesOf(to);
}

/** A walk over a tensor's elements in another order of its axes. */
interface Walk {
  source: number;
  readonly shape: readonly number[];
  /** How far apart two elements are in the source, along each axis of the result. */
  readonly steps: readonly number[];
  readonly index: number[];
}

/** Fills `to` with the next elements of the walk. */
function gather(from: Uint32Array, to: Uint32Array, walk: Walk): void {
  const { shape, steps, index } = walk;
  let { source } = walk;
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
  walk.source = source;
}

/** Elements to be moved, never computed with: as integers, so that every bit of a NaN stays as it is. */
function elementsOf(dtype: DType, bytes: Uint8Array): Uint32Array {
  if (dtype === 'string' || dtype === 'complex64') throw new Error(`elements of ${dtype} cannot be moved`);
  const as: DType = dtype === 'float32' ? 'int32' : dtype;
  return viewAs(as, bytes) as TypedArray as Uint32Array;
}

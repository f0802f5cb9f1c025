import type { DType, TypedArray } from '@shared/model/dtype';
import type { ConstantTensor, LowerContext } from '../op';
import { newArray } from './constants';
import { sizeOf, stridesOf, text } from './shapes';

/** For each element of `out`, in order, the index of the element of `shape` that broadcasts to it. */
export const broadcastIndices = (shape: readonly number[], out: readonly number[]): Int32Array => {
  const indices = new Int32Array(sizeOf(out));
  const own = stridesOf(shape);
  const offset = out.length - shape.length;
  const step = out.map((_, axis) => ((shape[axis - offset] ?? 1) === 1 ? 0 : (own[axis - offset] ?? 0)));
  const counter = out.map(() => 0);
  let at = 0;
  for (let i = 0; i < indices.length; i++) {
    indices[i] = at;
    for (let axis = out.length - 1; axis >= 0; axis--) {
      at += step[axis] ?? 0;
      const next = (counter[axis] ?? 0) + 1;
      if (next < (out[axis] ?? 1)) {
        counter[axis] = next;
        break;
      }
      counter[axis] = 0;
      at -= next * (step[axis] ?? 0);
    }
  }
  return indices;
};

/** Element-wise arithmetic by kind of element; a kind left out is not folded. */
export interface Arithmetic<N extends readonly unknown[], B extends readonly unknown[]> {
  /** On float32 and float64; rounded to the output's precision when it is stored. */
  readonly float?: (...operands: N) => number;
  /** On integers up to 32 bits and bool; wraps when it is stored. NaN where the runtime stops (a division by zero). */
  readonly int?: (...operands: N) => number;
  /** On 64 bit integers. */
  readonly big?: (...operands: B) => bigint | number;
}

export type UnaryArithmetic = Arithmetic<readonly [number], readonly [bigint]>;
export type BinaryArithmetic = Arithmetic<readonly [number, number], readonly [bigint, bigint]>;

type Kind = 'float' | 'int' | 'big' | 'none';
const KIND: Record<DType, Kind> = {
  float32: 'float',
  float64: 'float',
  float16: 'none',
  complex64: 'none',
  string: 'none',
  int8: 'int',
  uint8: 'int',
  int16: 'int',
  uint16: 'int',
  int32: 'int',
  uint32: 'int',
  bool: 'int',
  int64: 'big',
  uint64: 'big',
};

/** Whether arithmetic on an element type is done with floats, numbers or bigints. */
export const kindOf = (dtype: DType): Kind => KIND[dtype];

/** Applies `compute` to each element; undefined when its kind of element is not covered. */
export const mapUnary = (
  input: ConstantTensor,
  dtype: DType,
  compute: UnaryArithmetic,
): TypedArray | undefined => {
  const out = newArray(dtype, input.data.length);
  const kind = KIND[input.dtype];
  const apply = kind === 'none' ? undefined : (compute[kind] as ((a: unknown) => number) | undefined);
  if (!out || !apply) return undefined;
  for (let i = 0; i < out.length; i++) out[i] = apply(input.data[i]);
  return out;
};

/** Applies `compute` to pairs of elements, broadcast to `shape`; undefined when it is not covered or stops the runtime. */
export const mapBinary = (
  a: ConstantTensor,
  b: ConstantTensor,
  dtype: DType,
  shape: readonly number[],
  compute: BinaryArithmetic,
): TypedArray | undefined => {
  const out = newArray(dtype, sizeOf(shape));
  const kind = KIND[a.dtype];
  const apply =
    kind === 'none' ? undefined : (compute[kind] as ((a: unknown, b: unknown) => number) | undefined);
  if (!out || !apply || a.dtype !== b.dtype) return undefined;
  const left = broadcastIndices(a.shape, shape);
  const right = broadcastIndices(b.shape, shape);
  for (let i = 0; i < out.length; i++) {
    const result = apply(a.data[left[i] as number], b.data[right[i] as number]);
    if (kind !== 'float' && Number.isNaN(result)) return undefined;
    out[i] = result;
  }
  return out;
};

/** Refuses the node when no TFLite kernel takes the operand's element type. */
export const requireType = (
  context: LowerContext,
  operand: number,
  type: string,
  dtypes: readonly DType[],
): void => {
  const { dtype, shape } = context.input(operand);
  if (!dtypes.includes(dtype))
    context.refuse(
      `its operand ${operand} is ${dtype} ${text(shape)}, and TFLite's ${type} works on ${dtypes.join(', ')} only; ` +
        `cast it to one of these in the model`,
    );
};

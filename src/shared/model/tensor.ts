import type { DType, TypedArray } from './dtype';

/** A tensor as a signature declares it. A dimension of -1 is dynamic. */
export interface TensorSpec {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
}

/** How integers stand for real numbers: real = scale[i] * (q - zeroPoint[i]), i along `axis` when there are several. */
export interface Quantization {
  readonly scale: readonly number[];
  readonly zeroPoint: readonly number[];
  /** Index into the shape; only meaningful when `scale` has more than one element. */
  readonly axis: number;
}

/** A tensor with its values, C order. `data` has exactly the product of `shape` elements. */
export interface Tensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: TypedArray;
}

/** Tensors by their names in a signature. In data sets the first axis is the sample. */
export type NamedTensors = Readonly<Record<string, Tensor>>;

export interface Signature {
  readonly key: string;
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
}

export const elementCount = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** An input or output as the source itself declares it; `shape` undefined where it leaves the number of dimensions open. */
export interface DeclaredPort {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[] | undefined;
}

/** A signature as the source itself declares it, before anything was converted. */
export interface DeclaredSignature {
  readonly key: string;
  readonly inputs: readonly DeclaredPort[];
  readonly outputs: readonly DeclaredPort[];
}

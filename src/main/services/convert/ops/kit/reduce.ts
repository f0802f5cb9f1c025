import type { DType, TypedArray } from '@shared/model/dtype';
import { constantNumbers } from '../../graph/constant';
import type { Op, ShapeElement, Value } from '../../graph/ir';
import type {
  ConstantTensor,
  Lowering,
  LowerContext,
  OpDefinition,
  OpVersion,
  QuantizationFacts,
} from '../op';
import { elementsOf, known, newArray } from './constants';
import { kindOf, requireType } from './elementwise';
import { normalAxis, sizeOf, stridesOf } from './shapes';

export interface ReducerAttrs {
  keep_dims: boolean;
}

/** How elements are gathered; `start` is the result of none. `count` is the number of elements in each result. */
export interface Reduction {
  readonly start: number;
  readonly step: (sum: number, element: number) => number;
  readonly finish?: (sum: number, count: number, integer: boolean) => number;
}

interface ReduceFamily {
  readonly type: string;
  readonly code: number;
  readonly tf: string;
  readonly dtypes: readonly DType[];
  readonly quantization: QuantizationFacts;
  readonly version: (op: Op) => OpVersion;
  readonly reduction: Reduction;
  /** What is known of the one element that a shape-like vector is reduced to. */
  readonly element?: (elements: readonly ShapeElement[]) => ShapeElement;
}

/** Operators that reduce the axes in operand 1 (a constant int32 tensor). */
export const reduceOp = (family: ReduceFamily): OpDefinition<ReducerAttrs> => {
  const { type, code, quantization, version, reduction } = family;
  return {
    type,
    code,
    options: { union: 27, fields: [['keep_dims', 'bool', false]] },
    quantization,
    version,
    infer(op) {
      const { dtype, shape } = op.input(0);
      return [{ dtype, shape: reducedShape(shape, axesOf(op), op.attrs.keep_dims) }];
    },
    fold([input], op) {
      const { dtype, shape } = op.output();
      const data = input ? reduce(input, axesOf(op), dtype, sizeOf(shape), reduction) : undefined;
      return data && [data];
    },
    shapeElements(op) {
      const elements = elementsOf(op.input(0));
      if (!elements || op.input(0).shape.length !== 1 || !family.element) return undefined;
      return known([family.element(elements)]);
    },
    lower: { [family.tf]: lowerTo(family) },
  };
};

const lowerTo =
  ({ type, dtypes }: ReduceFamily): Lowering =>
  (context) => {
    requireType(context, 0, type, dtypes);
    return emitReduce(
      context,
      type,
      context.input(0),
      context.constantInts(1),
      context.bool('keep_dims', false),
    );
  };

/** Adds a reduction of `input` over `axes` (negative ones count from the end); none leave it as it is. */
export const emitReduce = (
  context: LowerContext,
  type: string,
  input: Value,
  axes: readonly number[],
  keep_dims: boolean,
): Value => {
  if (axes.length === 0) return input;
  const normal = axes.map((axis) => normalAxis(axis, input.shape.length)).sort((a, b) => a - b);
  return context.emit1(type, { keep_dims }, [input, context.ints32([...new Set(normal)])]);
};

export const axesOf = (op: Op): number[] => {
  const axes = constantNumbers(op.input(1));
  if (!axes) throw new Error('its axes are not constant');
  return axes.map((axis) => normalAxis(axis, op.input(0).shape.length));
};

/** The shape that is left of `shape` when `axes` (counted from the front) are reduced. */
export const reducedShape = (
  shape: readonly number[],
  axes: readonly number[],
  keepDims: boolean,
): readonly number[] =>
  keepDims
    ? shape.map((dim, axis) => (axes.includes(axis) ? 1 : dim))
    : shape.filter((_, axis) => !axes.includes(axis));

const reduce = (
  input: ConstantTensor,
  axes: readonly number[],
  dtype: DType,
  outputs: number,
  { start, step, finish }: Reduction,
): TypedArray | undefined => {
  const out = newArray(dtype, outputs);
  const kind = kindOf(dtype);
  if (!out || kind === 'none') return undefined;
  const kept = input.shape.map((_, axis) => !axes.includes(axis));
  const keptShape = input.shape.map((dim, axis) => (kept[axis] ? dim : 1));
  const inStrides = stridesOf(input.shape);
  const outStrides = stridesOf(keptShape).map((stride, axis) => (kept[axis] ? stride : 0));
  const sums = new Float64Array(outputs).fill(start);
  for (let i = 0; i < input.data.length; i++) {
    let at = 0;
    let rest = i;
    for (let axis = 0; axis < inStrides.length; axis++) {
      const stride = inStrides[axis] as number;
      const index = Math.floor(rest / stride);
      rest -= index * stride;
      at += index * (outStrides[axis] as number);
    }
    sums[at] = step(sums[at] as number, Number(input.data[i]));
  }
  const count = outputs === 0 ? 0 : input.data.length / outputs;
  for (let i = 0; i < outputs; i++) {
    const sum = sums[i] as number;
    const value = finish ? finish(sum, count, kind !== 'float') : sum;
    if (kind === 'big' && !Number.isSafeInteger(value)) return undefined;
    out[i] = (kind === 'big' ? BigInt(value) : value) as number;
  }
  return out;
};

/** The one element of a vector that is not 1 (for products), or the product when all are known. */
export const productOf = (elements: readonly ShapeElement[]): ShapeElement => {
  const others = elements.filter((element) => element !== 1);
  if (others.length === 1) return others[0] ?? 'unknown';
  return others.reduce<ShapeElement>(
    (a, b) => (typeof a === 'number' && typeof b === 'number' ? a * b : 'unknown'),
    1,
  );
};

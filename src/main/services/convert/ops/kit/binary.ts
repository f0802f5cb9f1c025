import type { DType } from '@shared/model/dtype';
import type { Attrs, Op, ShapeElement, Value } from '../../graph/ir';
import type { Lowering, OpDefinition, OpVersion, OptionsSchema, QuantizationFacts } from '../op';
import { elementsOf, known, sameElement } from './constants';
import { emitWithinRank } from './broadcast-rank';
import { mapBinary, requireType, type BinaryArithmetic } from './elementwise';
import { broadcastShapes, sameShape } from './shapes';

/** Options of the four operators that can have an activation fused: a number of ActivationFunctionType. */
export interface FusedAttrs {
  fused_activation_function: number;
}

/** Same, of ADD and SUB. */
export interface AdditionAttrs extends FusedAttrs {
  pot_scale_int16: boolean;
}

interface BinaryFamily<A extends Attrs> {
  readonly type: string;
  readonly code: number;
  readonly options?: OptionsSchema<A>;
  /** Attributes of a new operator. */
  readonly attrs: A;
  /** TensorFlow operators that mean the same. */
  readonly tf: readonly string[];
  /** Element types there are kernels for. */
  readonly dtypes: readonly DType[];
  /** Element type of the output when it is not the operands'. */
  readonly result?: DType;
  /** Dimensions up to which the kernel broadcasts, when more than four. */
  readonly broadcastRank?: number;
  readonly quantization: QuantizationFacts;
  readonly version: (op: Op<A>) => OpVersion;
  readonly compute: BinaryArithmetic;
  /** What is known of the result for shape-like operands of which one is not known. */
  readonly element?: (a: ShapeElement, b: ShapeElement) => ShapeElement;
}

/** Element-wise operators with two operands that broadcast. */
export const binaryOp = <A extends Attrs>(family: BinaryFamily<A>): OpDefinition<A> => {
  const { type, code, options, quantization, version, compute } = family;
  const element = (a: ShapeElement, b: ShapeElement): ShapeElement => {
    if (typeof a === 'number' && typeof b === 'number') {
      const result = family.result === undefined ? compute.int?.(a, b) : undefined;
      return result === undefined || Number.isNaN(result) ? 'unknown' : result;
    }
    return family.element?.(a, b) ?? 'unknown';
  };
  return {
    type,
    code,
    ...(options && { options }),
    quantization,
    version,
    infer(op) {
      const [a, b] = [op.input(0), op.input(1)];
      if (a.dtype !== b.dtype) throw new Error(`operands are ${a.dtype} and ${b.dtype}`);
      return [{ dtype: family.result ?? a.dtype, shape: broadcastShapes(a.shape, b.shape) }];
    },
    fold([a, b], op) {
      if ('fused_activation_function' in op.attrs && op.attrs.fused_activation_function !== 0)
        return undefined;
      const { dtype, shape } = op.output();
      const data = a && b ? mapBinary(a, b, dtype, shape, compute) : undefined;
      return data && [data];
    },
    shapeElements(op) {
      const [left, right] = [elementsOf(op.input(0)), elementsOf(op.input(1))];
      if (!left || !right || op.output().shape.length > 1) return undefined;
      const length = Math.max(left.length, right.length);
      return known(
        Array.from({ length }, (_, i) =>
          element(
            left[left.length === 1 ? 0 : i] ?? 'unknown',
            right[right.length === 1 ? 0 : i] ?? 'unknown',
          ),
        ),
      );
    },
    lower: Object.fromEntries(family.tf.map((name) => [name, lowerTo(family)])),
  };
};

const lowerTo =
  <A extends Attrs>(family: BinaryFamily<A>): Lowering =>
  (context) => {
    const operands = [context.input(0), context.input(1)] as const;
    const emit = (): Value =>
      emitWithinRank(context, family.type, { ...family.attrs }, operands, family.broadcastRank ?? 4);
    // What is known beforehand needs no kernel (shapes are often worked out in float64).
    const known = operands.every((operand) => operand.constant) ? emit() : undefined;
    if (known?.constant) return known;
    requireType(context, 0, family.type, family.dtypes);
    return known ?? emit();
  };

/** True when a binary operator's operands differ in shape and one has more than four dimensions. */
export const broadcastsBeyond4 = (op: Op): boolean => {
  const [a, b] = [op.input(0).shape, op.input(1).shape];
  return !sameShape(a, b) && Math.max(a.length, b.length) > 4;
};

/** Elements of products and quotients: one factor of 1 changes nothing. */
export const productElement = (a: ShapeElement, b: ShapeElement): ShapeElement => {
  if (a === 1) return b;
  if (b === 1) return a;
  return a === 0 || b === 0 ? 0 : 'unknown';
};

/** Elements of the greater or smaller of two: known when both are the same. */
export const sameOrUnknown = (a: ShapeElement, b: ShapeElement): ShapeElement =>
  sameElement(a, b) ? a : 'unknown';

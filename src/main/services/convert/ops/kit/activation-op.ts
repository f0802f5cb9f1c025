import type { Op, TensorType } from '../../graph/ir';
import type { ConstantTensor, Lowering } from '../op';

/** Output like the operand: shared by everything that works element by element on one operand. */
export const sameType = (op: Op): readonly TensorType[] => [
  { dtype: op.input(0).dtype, shape: op.input(0).shape },
];

/** A folding kernel that applies `f` to each element of a float32 operand, in double precision. */
export const foldEach =
  (f: (x: number) => number) =>
  ([input]: readonly (ConstantTensor | null)[]): readonly Float32Array[] | undefined =>
    input?.dtype === 'float32' ? [(input.data as Float32Array).map(f)] : undefined;

/** Lowering of a TensorFlow node to one operator without attributes on its first operand. */
export const oneToOne =
  (type: string): Lowering =>
  (context) =>
    context.emit1(type, {}, [context.input(0)]);

import type { Op, TensorType } from '../../graph/ir';
import type { ConstantTensor, Lowering } from '../op';

/** Output like the operand: shared by everything that works element by element on one operand. */
export const sameType = (op: Op): readonly TensorType[] => [
  { dtype: op.input(0).dtype, shape: op.input(0).shape },
];

/** A folding kernel that applies `f` to each element of the first operand, in double precision, stored as float32. */
export const foldEach =
  (f: (x: number) => number) =>
  ([input]: readonly (ConstantTensor | null)[]): readonly Float32Array[] => {
    if (!input || input.dtype !== 'float32') throw new Error('only float32 is folded');
    return [(input.data as Float32Array).map(f)];
  };

/** Lowering of a TensorFlow node to one operator without attributes on its first operand. */
export const oneToOne =
  (type: string): Lowering =>
  (context) =>
    context.emit1(type, {}, [context.input(0)]);

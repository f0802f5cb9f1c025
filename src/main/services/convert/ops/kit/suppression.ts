import type { LowerContext } from '../op';
import { constantNumbers } from '../../graph/constant';
import type { Op, Value } from '../../graph/ir';

/** How many boxes are selected at most, -1 when that is computed; operand 2 of the operators that select boxes. */
export const boxLimit = (op: Op): number => constantNumbers(op.input(2))?.[0] ?? -1;

/** The first `count` elements of a vector, for versions of the operators that do not pad. */
export const firstOf = (context: LowerContext, vector: Value, count: Value): Value => {
  const size = context.emit1('RESHAPE', {}, [count, context.ints32([1])]);
  return context.emit1('SLICE', {}, [vector, context.ints32([0]), size]);
};

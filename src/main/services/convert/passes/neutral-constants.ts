import { sameShape } from '../ops/kit/shapes';
import { scalarOf, withConstant } from './kit/match';
import { bypass } from './kit/rewrite';
import { activationOf } from './kit/weighted';
import { peephole } from './pass';

/** The number that changes nothing as an operand, by operator. */
const NEUTRAL: Readonly<Record<string, number>> = { ADD: 0, SUB: 0, MUL: 1, DIV: 1 };

/** Takes out x + 0, x - 0, x * 1 and x / 1. */
export const neutralConstants = peephole('neutral constants', Object.keys(NEUTRAL), (op, graph) => {
  const operands = withConstant(op);
  if (!operands || activationOf(op.attrs) !== 0) return;
  if (operands.constantFirst && (op.type === 'SUB' || op.type === 'DIV')) return;
  if (!sameShape(op.output().shape, operands.x.shape)) return;
  if (scalarOf(operands.constant) === NEUTRAL[op.type]) bypass(graph, op, operands.x);
});

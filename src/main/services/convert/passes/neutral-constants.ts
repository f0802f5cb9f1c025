import type { Graph, Op } from '../graph/ir';
import { PLAIN_MUL } from '../ops/kit/convolution';
import { floatConstant } from '../ops/kit/lazy-constant';
import { sameShape, sizeOf } from '../ops/kit/shapes';
import { floatsOf, scalarOf, withConstant, type WithConstant } from './kit/match';
import { bypass, replaceOp } from './kit/rewrite';
import { activationOf } from './kit/weighted';
import { peephole } from './pass';

/** Divisors up to this many elements are inverted while converting. */
const MAX_ELEMENTS = 1 << 16;

/** The number that changes nothing as an operand, by operator. */
const NEUTRAL: Readonly<Record<string, number>> = { ADD: 0, SUB: 0, MUL: 1, DIV: 1 };

/** Takes out x + 0, x - 0, x * 1 and x / 1; x / c becomes x * (1 / c), which is faster and more widely quantized. */
export const neutralConstants = peephole('neutral constants', Object.keys(NEUTRAL), (op, graph) => {
  const operands = withConstant(op);
  if (!operands || activationOf(op.attrs) !== 0) return;
  if (operands.constantFirst && (op.type === 'SUB' || op.type === 'DIV')) return;
  if (!sameShape(op.output().shape, operands.x.shape)) return;
  if (scalarOf(operands.constant) === NEUTRAL[op.type]) bypass(graph, op, operands.x);
  else if (op.type === 'DIV') multiply(op, operands, graph);
});

function multiply(op: Op, { x, constant }: WithConstant, graph: Graph): void {
  if (sizeOf(constant.shape) > MAX_ELEMENTS) return;
  const inverse = floatsOf(constant)?.map((value) => 1 / value);
  if (!inverse?.every((value) => Number.isFinite(value) && value !== 0)) return;
  replaceOp(graph, op, 'MUL', PLAIN_MUL, [x, floatConstant(constant.name, constant.shape, inverse)]);
}

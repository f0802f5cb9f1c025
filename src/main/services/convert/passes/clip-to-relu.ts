import type { Graph, Op } from '../graph/ir';
import { isScalar, scalarOf, withConstant, type WithConstant } from './kit/match';
import { replaceOp } from './kit/rewrite';
import { peephole } from './pass';

/** The operator that clamps to [low, high], by those two. */
const CLAMPS: readonly (readonly [type: string, low: number, high: number])[] = [
  ['RELU6', 0, 6],
  ['RELU_N1_TO_1', -1, 1],
];

/**
 * MAXIMUM with 0 as RELU; pairs of MAXIMUM and MINIMUM, in either order, as the clamp they are together; a clamp of what
 * is clamped already as one.
 */
export const clipToRelu = peephole('clip to relu', ['MAXIMUM', 'MINIMUM', 'RELU', 'RELU6'], (op, graph) => {
  if (op.type === 'MAXIMUM' || op.type === 'MINIMUM') {
    const operands = withConstant(op);
    if (!operands || operands.constant.shape.length > operands.x.shape.length) return;
    if (clampPair(op, operands, graph)) return;
    if (op.type === 'MAXIMUM' && isScalar(operands.constant, 0))
      replaceOp(graph, op, 'RELU', {}, [operands.x]);
    return;
  }
  const before = op.input(0).producer;
  if (!before) return;
  // Clamping to what is wider, or the same, changes nothing; RELU6 of RELU is RELU6.
  if (before.type === 'RELU') replaceOp(graph, op, op.type, {}, [before.input(0)]);
  else if (before.type === 'RELU6') replaceOp(graph, op, 'RELU6', {}, [before.input(0)]);
  else if (op.type === 'RELU' && before.type === 'MINIMUM') {
    const inner = withConstant(before);
    if (inner && isScalar(inner.constant, 6)) replaceOp(graph, op, 'RELU6', {}, [inner.x]);
  }
});

function clampPair(op: Op, { x, constant }: WithConstant, graph: Graph): boolean {
  const outer = scalarOf(constant);
  const bound = innerBound(x.producer, op.type);
  if (outer === undefined || !bound) return false;
  const [low, high] = op.type === 'MINIMUM' ? [bound.limit, outer] : [outer, bound.limit];
  const clamp = CLAMPS.find(([, from, to]) => from === low && to === high);
  if (clamp) replaceOp(graph, op, clamp[0], {}, [bound.of.input(bound.operand)]);
  return clamp !== undefined;
}

/** The limit that the operator before sets on the other side. */
function innerBound(
  before: Op | undefined,
  outer: string,
): { readonly of: Op; readonly limit: number; readonly operand: number } | undefined {
  if (before?.type === 'RELU' && outer === 'MINIMUM') return { of: before, limit: 0, operand: 0 };
  if (before?.type !== (outer === 'MINIMUM' ? 'MAXIMUM' : 'MINIMUM')) return undefined;
  const operands = withConstant(before);
  const limit = operands && scalarOf(operands.constant);
  return limit === undefined ? undefined : { of: before, limit, operand: operands?.constantFirst ? 1 : 0 };
}

import type { Op, Value } from '../graph/ir';
import { FUSED } from '../ops/kit/fused';
import { constantInts, producedBy, scalarOf, withConstant } from './kit/match';
import { productOf } from './kit/product';
import { replaceOp } from './kit/rewrite';
import { peephole } from './pass';

/** The operator keeps the norm above 1e-6, so the sum of squares above this. */
const FLOOR = 1e-12;

/** x * rsqrt(max(sum(x * x), 1e-12)) along the last axis, or divided by the square root, as L2_NORMALIZATION. */
export const l2Normalization = peephole('l2 normalization', ['MUL', 'DIV'], (op, graph) => {
  if ('fused_activation_function' in op.attrs && op.attrs.fused_activation_function !== FUSED.NONE) return;
  const pairs: readonly (readonly [Value, Value])[] =
    op.type === 'DIV'
      ? [[op.input(0), op.input(1)]]
      : [
          [op.input(0), op.input(1)],
          [op.input(1), op.input(0)],
        ];
  for (const [x, norm] of pairs) {
    const root = producedBy(norm, op.type === 'DIV' ? 'SQRT' : 'RSQRT');
    if (!root || !isFlooredSum(root.input(0).producer, x)) continue;
    replaceOp(graph, op, 'L2_NORMALIZATION', { fused_activation_function: FUSED.NONE }, [x]);
    return;
  }
});

/** True for max(sum of x's squares along the last axis, 1e-12). */
function isFlooredSum(op: Op | undefined, x: Value): boolean {
  const operands = op?.type === 'MAXIMUM' ? withConstant(op) : undefined;
  const floor = operands && scalarOf(operands.constant);
  const sum = producedBy(operands?.x, 'SUM');
  if (!sum || floor === undefined || Math.abs(floor - FLOOR) > FLOOR / 100) return false;
  const axes = constantInts(sum.inputs[1]);
  const last = x.shape.length - 1;
  if (axes?.length !== 1 || (axes[0] !== last && axes[0] !== -1)) return false;
  if (!('keep_dims' in sum.attrs) || sum.attrs.keep_dims !== true) return false;
  const { scalar, constants, terms } = productOf(sum.input(0));
  return scalar === 1 && constants.length === 0 && terms.length === 2 && terms.every((term) => term === x);
}

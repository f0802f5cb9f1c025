import type { Graph, Op } from '../graph/ir';
import { FUSED } from '../ops/kit/fused';
import { sameShape } from '../ops/kit/shapes';
import { behindShaping, perChannel, scalarOf, withConstant, type WithConstant } from './kit/match';
import { takeOver } from './kit/rewrite';
import { peephole } from './pass';
import { activationOf, biasOf, scaleWeights, setBias, weighted, type Weighted } from './kit/weighted';

/** Operators that a factor may be moved through to their first operand, none of them read by others. */
const LINEAR = new Set(['RESHAPE', 'SQUEEZE', 'EXPAND_DIMS', 'TRANSPOSE', 'BATCH_MATMUL']);

/**
 * Takes additions, subtractions, products and quotients with a constant per channel into the weights and the bias of the
 * convolution or dense layer before: biases, batch normalizations, scalings. Reshapes in between do not matter.
 */
export const foldAffineAfter = peephole('fold affine after', ['ADD', 'SUB', 'MUL', 'DIV'], fold);

function fold(op: Op, graph: Graph): void {
  if (activationOf(op.attrs) !== FUSED.NONE) return;
  const operands = withConstant(op);
  if (!operands || (op.type === 'DIV' && operands.constantFirst)) return;
  const { x, constant, constantFirst } = operands;
  const last = x.producer;
  if (!last || !sameShape(op.output().shape, x.shape)) return;
  const target = weighted(behindShaping(graph, x, op));
  if (!target) {
    if (op.type === 'MUL' || op.type === 'DIV') moveFactor(op, last, operands, graph);
    return;
  }
  const values = perChannel(constant, x.shape, target.channels);
  if (!values || !apply(op.type, constantFirst, values, target)) return;
  takeOver(graph, op, last);
}

/** One number that everything is multiplied by goes through products of matrices to the layer that makes the first one. */
function moveFactor(op: Op, last: Op, { x, constant }: WithConstant, graph: Graph): void {
  const factor = scalarOf(constant);
  let [at, reader] = [x, op];
  while (graph.isOnlyUser(at, reader) && at.producer && LINEAR.has(at.producer.type))
    [at, reader] = [at.producer.input(0), at.producer];
  const target = graph.isOnlyUser(at, reader) ? weighted(at.producer) : undefined;
  if (factor === undefined || !target) return;
  const factors = new Float32Array(target.channels).fill(factor);
  if (apply(op.type, false, factors, target)) takeOver(graph, op, last);
}

function apply(type: string, constantFirst: boolean, values: Float32Array, target: Weighted): boolean {
  const bias = biasOf(target);
  const at = (i: number): number => values[i] as number;
  if (type === 'ADD' || type === 'SUB') {
    const sign = type === 'ADD' ? 1 : -1;
    if (type === 'SUB' && constantFirst) {
      scaleWeights(
        target,
        target.layout.outputs,
        values.map(() => -1),
      );
      setBias(
        target,
        bias.map((b, i) => at(i) - b),
      );
    } else
      setBias(
        target,
        bias.map((b, i) => b + sign * at(i)),
      );
    return true;
  }
  const factors = type === 'DIV' ? values.map((value) => 1 / value) : values;
  if (!factors.every(Number.isFinite)) return false;
  scaleWeights(target, target.layout.outputs, factors);
  if (bias.some((b) => b !== 0))
    setBias(
      target,
      bias.map((b, i) => b * (factors[i] as number)),
    );
  return true;
}

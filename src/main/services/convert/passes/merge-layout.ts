import { constantValue } from '../graph/constant';
import type { Graph, Op, Value } from '../graph/ir';
import { sameShape } from '../ops/kit/shapes';
import { constantInts, isShaping } from './kit/match';
import { bypass, removeUnused, replaceOp } from './kit/rewrite';
import { peephole } from './pass';

/**
 * One reshape instead of several that follow each other, one transpose likewise; none where the result is the operand
 * again. Transposes that move only axes of length 1 are reshapes.
 */
export const mergeLayout = peephole(
  'merge layout',
  ['RESHAPE', 'SQUEEZE', 'EXPAND_DIMS', 'TRANSPOSE'],
  (op, graph) => {
    if (op.type === 'TRANSPOSE') mergeTranspose(op, graph);
    else mergeReshape(op, graph);
  },
);

function mergeReshape(op: Op, graph: Graph): void {
  const between = op.input(0);
  const before = between.producer;
  const { shape } = op.output();
  const dynamic = shape.filter((dim) => dim === -1).length;
  if (!isShaping(before)) return;
  const x = before.input(0);
  if (isSameShape(x, shape)) bypass(graph, op, x);
  else if (dynamic <= 1 && !shape.includes(0)) replaceOp(graph, op, 'RESHAPE', {}, [x, ints(shape)]);
  else return;
  removeUnused(graph, between);
}

/** True when a value of as many elements and this shape must have the same dimensions at run time, too. */
const isSameShape = (x: Value, shape: readonly number[]): boolean =>
  sameShape(x.shape, shape) && shape.filter((dim) => dim === -1).length <= 1;

function mergeTranspose(op: Op, graph: Graph): void {
  let x = op.input(0);
  let perm = constantInts(op.inputs[1]);
  if (!perm || perm.length !== x.shape.length) return;
  const between = x;
  const before = x.producer;
  const inner = before?.type === 'TRANSPOSE' ? constantInts(before.inputs[1]) : undefined;
  if (before && inner) {
    perm = perm.map((axis) => inner[axis] ?? 0);
    x = before.input(0);
  }
  const { shape } = op.output();
  if (perm.every((axis, i) => axis === i)) bypass(graph, op, x);
  else if (movesOnlyOnes(perm, x.shape) && shape.filter((dim) => dim === -1).length <= 1)
    replaceOp(graph, op, 'RESHAPE', {}, [x, ints(shape)]);
  else if (inner) replaceOp(graph, op, 'TRANSPOSE', {}, [x, ints(perm)]);
  else return;
  removeUnused(graph, between);
}

/** True when the axes longer than 1 keep their order. */
const movesOnlyOnes = (perm: readonly number[], shape: readonly number[]): boolean => {
  const kept = perm.filter((axis) => shape[axis] !== 1);
  return kept.every((axis, i) => i === 0 || axis > (kept[i - 1] ?? -1));
};

const ints = (values: readonly number[]): Value =>
  constantValue('shape', { dtype: 'int32', shape: [values.length], data: Int32Array.from(values) });

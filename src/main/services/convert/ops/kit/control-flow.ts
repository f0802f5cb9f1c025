import { Op, type Graph, type TensorType, type Value } from '../../graph/ir';
import type { LowerContext } from '../op';

export const sameType = (a: TensorType, b: TensorType | undefined): boolean =>
  a.dtype === b?.dtype && a.shape.length === b.shape.length && a.shape.every((dim, i) => dim === b.shape[i]);

/** The type that holds values of both: dimensions that differ become dynamic. Refuses other differences. */
export function mergeTypes(context: LowerContext, a: TensorType, b: TensorType | undefined): TensorType {
  if (!b || a.dtype !== b.dtype || a.shape.length !== b.shape.length)
    return context.refuse(
      `a value in it changes from ${typeText(a)} to ${typeText(b)}, and TensorFlow Lite wants one type and rank`,
    );
  return { dtype: a.dtype, shape: a.shape.map((dim, i) => (dim === b.shape[i] ? dim : -1)) };
}

const typeText = (type: TensorType | undefined): string =>
  type ? `${type.dtype}[${type.shape.map((dim) => (dim < 0 ? '?' : dim)).join(', ')}]` : 'nothing';

/** Moves the operators of `inner` into `graph`, on `operands` instead of its inputs; returns its outputs. */
export function inlineGraph(graph: Graph, inner: Graph, operands: readonly Value[]): readonly Value[] {
  const replaced = new Map(inner.inputs.map((input, i): [Value, Value] => [input, operands[i] as Value]));
  const swap = (value: Value): Value => replaced.get(value) ?? value;
  for (const op of inner.sorted()) {
    const { inputs, outputs } = op;
    inner.remove(op);
    const moved = new Op(op.type, op.name, op.attrs, [], []);
    moved.setInputs(inputs.map((input) => input && swap(input)));
    moved.setOutputs(outputs);
    graph.add(moved);
  }
  return inner.outputs.map(swap);
}

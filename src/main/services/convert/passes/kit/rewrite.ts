import type { Attrs, Graph, Op, Value } from '../../graph/ir';
import { emitOp } from '../../lower/emit';

/** Removes `op`, whose outputs `by` computes from now on. */
export function takeOver(graph: Graph, op: Op, by: Op): void {
  const outputs = op.outputs;
  graph.remove(op);
  by.setOutputs(outputs);
}

/**
 * Puts a new operator in the place of `op`, with its output and its name, and takes out what only `op` needed. The types of
 * both outputs must be the same.
 */
export function replaceOp(
  graph: Graph,
  op: Op,
  type: string,
  attrs: Attrs,
  inputs: readonly (Value | null)[],
): void {
  const output = op.output();
  const [result] = emitOp(graph, type, attrs, inputs, op.name);
  if (!result) throw new Error(`${type} has no output`);
  const operands = op.inputs;
  graph.remove(op);
  const by = result.producer;
  if (by) by.setOutputs([output]);
  else output.constant = result.constant;
  for (const operand of operands) if (operand) removeUnused(graph, operand);
}

/** Takes out an operator whose output is its operand `input` again. */
export function bypass(graph: Graph, op: Op, input: Value): void {
  graph.replaceUses(op.output(), input);
  graph.remove(op);
}

/** Takes out an operator that nobody reads any more, and then whatever only it read. */
export function removeUnused(graph: Graph, value: Value): void {
  const stack = [value];
  for (let next = stack.pop(); next; next = stack.pop()) {
    const op = next.producer;
    if (!op || !graph.ops.has(op)) continue;
    if (op.outputs.some((output) => output.users.size > 0 || graph.outputs.includes(output))) continue;
    const inputs = op.inputs;
    graph.remove(op);
    for (const input of inputs) if (input) stack.push(input);
  }
}

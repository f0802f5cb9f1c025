import type { Attrs, Graph, Op, Value } from '../../graph/ir';
import { emitOp } from '../../lower/emit';

/** Changes a graph in place and keeps what it computes, up to rounding. */
export interface Pass {
  readonly name: string;
  run(graph: Graph): void;
}

/** A pass that offers each operator of some types, producers first, to `apply`; an operator removed on the way is left out. */
export const rewrite = (
  name: string,
  types: readonly string[],
  apply: (op: Op, graph: Graph) => void,
): Pass => ({
  name,
  run(graph) {
    const wanted = new Set(types);
    let any = false;
    for (const op of graph.ops) any ||= wanted.has(op.type);
    if (!any) return;
    for (const op of graph.sorted()) if (wanted.has(op.type) && graph.ops.has(op)) apply(op, graph);
  },
});

/** Removes `op`, whose outputs `by` computes from now on. */
export function takeOver(graph: Graph, op: Op, by: Op): void {
  const outputs = op.outputs;
  graph.remove(op);
  by.setOutputs(outputs);
}

/** Puts a new operator in the place of `op`, with its output and its name. The types of both outputs must be the same. */
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
  graph.remove(op);
  const by = result.producer;
  if (by) by.setOutputs([output]);
  else output.constant = result.constant;
}

/**
 * Takes out an operator whose output is its operand `input` again. An output of the graph keeps its identity: whoever
 * computes the operand writes it instead. False when that cannot be, and the operator stays.
 */
export function bypass(graph: Graph, op: Op, input: Value): boolean {
  const output = op.output();
  if (!graph.outputs.includes(output)) {
    graph.remove(op);
    graph.replaceUses(output, input);
    return true;
  }
  const producer = input.producer;
  if (!producer || !graph.ops.has(producer) || graph.outputs.includes(input) || graph.inputs.includes(input))
    return false;
  graph.remove(op);
  producer.setOutputs(producer.outputs.map((other) => (other === input ? output : other)));
  graph.replaceUses(input, output);
  return true;
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

import { constantNumbers } from '../graph/constant';
import type { Graph, Op, Value } from '../graph/ir';
import type { Pass } from './pass';

/** The body and condition of a WHILE, in the attributes that ops/while.ts gives it. */
interface LoopAttrs {
  cond: Graph;
  body: Graph;
}

/**
 * Rids loops of variables that nothing needs, counts the same number once, and lets readers of a variable that never changes
 * read what it starts with.
 */
export const loopVariables: Pass = {
  name: 'loop variables',
  run(graph) {
    for (const op of Array.from(graph.ops))
      if (op.type === 'WHILE') {
        const loop = op as Op<LoopAttrs>;
        bypassUnchanged(graph, loop);
        mergeCounters(graph, loop);
        dropUnused(graph, loop);
      }
  },
};

function bypassUnchanged(graph: Graph, loop: Op<LoopAttrs>): void {
  const { body } = loop.attrs;
  body.inputs.forEach((input, i) => {
    if (body.outputs[i] === input) graph.replaceUses(loop.output(i), loop.input(i));
  });
}

/** Variables that start at the same number and grow by the same in each pass are one. */
function mergeCounters(graph: Graph, loop: Op<LoopAttrs>): void {
  const { body, cond } = loop.attrs;
  const known = new Map<string, number>();
  body.inputs.forEach((input, i) => {
    const key = counterKey(loop, i);
    const twin = key === undefined ? undefined : known.get(key);
    if (key === undefined) return;
    if (twin === undefined) return void known.set(key, i);
    body.replaceUses(input, body.inputs[twin] as Value);
    cond.replaceUses(cond.inputs[i] as Value, cond.inputs[twin] as Value);
    graph.replaceUses(loop.output(i), loop.output(twin));
  });
}

function counterKey(loop: Op<LoopAttrs>, index: number): string | undefined {
  const { body } = loop.attrs;
  const input = body.inputs[index] as Value;
  const sum = body.outputs[index]?.producer;
  if (sum?.type !== 'ADD' || !sum.inputs.includes(input) || input.dtype !== 'int32') return undefined;
  const start = constantNumbers(loop.input(index));
  const growth = constantNumbers(sum.inputs.find((operand) => operand !== input));
  return start?.length === 1 && growth?.length === 1 ? `${start[0]} ${growth[0]}` : undefined;
}

function dropUnused(graph: Graph, loop: Op<LoopAttrs>): void {
  const { body, cond } = loop.attrs;
  const needed = new Set<number>();
  const places = new Map(body.inputs.map((input, i) => [input, i]));
  const seen = new Set<Value>();
  const stack: Value[] = [];
  const need = (index: number): void => {
    if (needed.has(index)) return;
    needed.add(index);
    stack.push(body.outputs[index] as Value);
  };
  loop.outputs.forEach((output, i) => {
    const condition = cond.inputs[i] as Value;
    if (output.users.size > 0 || graph.outputs.includes(output)) need(i);
    if (condition.users.size > 0 || cond.outputs.includes(condition)) need(i);
  });
  for (let value = stack.pop(); value; value = stack.pop()) {
    if (seen.has(value)) continue;
    seen.add(value);
    const place = places.get(value);
    if (place !== undefined) need(place);
    for (const input of value.producer?.inputs ?? []) if (input) stack.push(input);
  }
  if (needed.size === loop.inputs.length) return;
  const kept = <T>(all: readonly T[]): T[] => all.filter((_, i) => needed.has(i));
  body.inputs = kept(body.inputs);
  body.outputs = kept(body.outputs);
  cond.inputs = kept(cond.inputs);
  const outputs = kept(loop.outputs);
  loop.setInputs(kept(loop.inputs));
  loop.setOutputs(outputs);
}

import type { Op } from '../graph/ir';
import { findOp } from '../registry';
import type { Pass } from './pass';

/** Removes operators that no output needs, unless they have an effect of their own. */
export const deadCode: Pass = {
  name: 'dead code',
  run(graph) {
    const needed = new Set<Op>();
    const stack: Op[] = [];
    const need = (op: Op | undefined): void => {
      if (!op || needed.has(op) || !graph.ops.has(op)) return;
      needed.add(op);
      stack.push(op);
    };
    for (const output of graph.outputs) need(output.producer);
    for (const op of graph.ops) if (op.outputs.length === 0 || findOp(op.type)?.stateful) need(op);
    for (let op = stack.pop(); op; op = stack.pop()) for (const input of op.inputs) need(input?.producer);
    for (const op of Array.from(graph.ops)) if (!needed.has(op)) graph.remove(op);
  },
};

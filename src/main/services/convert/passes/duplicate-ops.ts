import { graphsOf } from '../graph/subgraphs';
import { isForeign } from '../graph/foreign';
import type { Op, Value } from '../graph/ir';
import { findOp } from '../registry';
import type { Pass } from './pass';

/** Makes one of operators that compute the same from the same operands. */
export const duplicateOps: Pass = {
  name: 'duplicate operators',
  run(graph) {
    const numbers = new Map<Value, number>();
    const known = new Map<string, Op>();
    const numberOf = (value: Value | null): number => {
      if (!value) return -1;
      const number = numbers.get(value) ?? numbers.size;
      numbers.set(value, number);
      return number;
    };
    for (const op of graph.sorted()) {
      if (isForeign(op) || findOp(op.type)?.stateful || graphsOf(op).length > 0) continue;
      if (op.inputs.some((input) => input?.isVariable || input?.isResource)) continue;
      const key = `${op.type} ${op.inputs.map(numberOf).join(',')} ${JSON.stringify(op.attrs)}`;
      const twin = known.get(key);
      if (!twin) {
        known.set(key, op);
        continue;
      }
      op.outputs.forEach((output, i) => graph.replaceUses(output, twin.output(i)));
      graph.remove(op);
    }
  },
};

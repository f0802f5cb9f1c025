import { findOp } from '../registry';
import type { Pass } from './pass';

/** Removes operators whose output equals an operand, as their definitions tell. */
export const identities: Pass = {
  name: 'identities',
  run(graph) {
    for (const op of graph.sorted()) {
      const same = findOp(op.type)?.identity?.(op);
      const [output] = op.outputs;
      if (!same || !output) continue;
      graph.replaceUses(output, same);
      graph.remove(op);
    }
  },
};

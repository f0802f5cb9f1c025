import { foldOp } from '../lower/emit';
import { findOp } from '../registry';
import type { Pass } from './pass';

/** Computes what became computable through other passes: operators with constant operands only. */
export const folding: Pass = {
  name: 'folding',
  run(graph) {
    for (const op of graph.sorted()) {
      if (findOp(op.type) && foldOp(op)) graph.ops.delete(op);
    }
  },
};

import type { Graph, Op } from '../graph/ir';

/** One rewrite of a graph that keeps its meaning. It recognises a pattern, never a model. */
export interface Pass {
  readonly name: string;
  run(graph: Graph): void;
}

/**
 * A pass that looks at each operator of some types, producers before users. `rewrite` may change and remove any operator;
 * those that were removed are not looked at any more.
 */
export const peephole = (
  name: string,
  types: readonly string[],
  rewrite: (op: Op, graph: Graph) => void,
): Pass => {
  const wanted = new Set(types);
  return {
    name,
    run(graph) {
      // Most graphs have none of most types, and sorting costs more than looking.
      if (!Array.from(graph.ops).some((op) => wanted.has(op.type))) return;
      for (const op of graph.sorted()) if (wanted.has(op.type) && graph.ops.has(op)) rewrite(op, graph);
    },
  };
};

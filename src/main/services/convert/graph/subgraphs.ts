import { Graph, type Model, type Op } from './ir';

/** Graphs among an operator's attributes: the bodies of WHILE and the branches of IF. */
export const graphsOf = (op: Op): Graph[] =>
  Object.values(op.attrs as Record<string, unknown>).filter((value) => value instanceof Graph);

/** All graphs of a model: the signatures', then bodies in the order in which operators use them. */
export function allGraphs(model: Model): Graph[] {
  const found = new Set<Graph>(model.graphs);
  // A set that grows while it is walked.
  for (const graph of found) for (const op of graph.ops) for (const body of graphsOf(op)) found.add(body);
  return Array.from(found);
}

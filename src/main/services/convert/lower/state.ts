import { Graph, type Value } from '../graph/ir';
import type { SourceSignature, SourceState } from '../source';
import { emitOp } from './emit';
import { tensorValue } from './scope';

/** The graph that gives variables what they start with; undefined for a model that changes none. */
export function startOf(signatures: readonly SourceSignature[]): Graph | undefined {
  const states = new Map(signatures.flatMap(({ state }) => state ?? []).map((each) => [each.variable, each]));
  if (states.size === 0) return undefined;
  const graph = new Graph('initialization');
  for (const { variable, start } of states.values())
    emitOp(graph, 'ASSIGN_VARIABLE', {}, [handleOf(graph, variable), tensorValue(variable, start)], variable);
  return graph;
}

/**
 * Puts the reading of the variables before all other operators of a graph, where a file keeps it: operators without operands
 * stay in order of insertion. Calls `bind` with what each variable holds; returns what notes a variable's new value at the end.
 */
export function readState(
  graph: Graph,
  start: Graph,
  states: readonly SourceState[],
  bind: (state: SourceState, value: Value) => void,
): (state: SourceState, after: Value) => void {
  emitOp(graph, 'CALL_ONCE', { init_subgraph_index: start }, [], 'initialization');
  const handles = new Map<SourceState, Value>();
  for (const state of states) {
    const handle = handleOf(graph, state.variable);
    const { dtype, shape } = tensorValue(state.variable, state.start);
    const [value] = emitOp(graph, 'READ_VARIABLE', { type: { dtype, shape } }, [handle], state.variable);
    handles.set(state, handle);
    if (value) bind(state, value);
  }
  return (state, after) =>
    void emitOp(graph, 'ASSIGN_VARIABLE', {}, [handles.get(state) ?? null, after], state.variable);
}

function handleOf(graph: Graph, variable: string): Value {
  const attrs = { container: '', shared_name: variable };
  const [handle] = emitOp(graph, 'VAR_HANDLE', attrs, [], `${variable}/handle`);
  if (!handle) throw new Error('VAR_HANDLE has no output');
  handle.isResource = true;
  return handle;
}

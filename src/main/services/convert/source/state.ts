import type {
  SourceFunction,
  SourceGraph,
  SourceNode,
  SourceRef,
  SourceSignature,
  SourceState,
} from '../source';
import { flattenInto } from './flatten';
import { Flattening } from './flattening';
import { attrsOf, neededNodes, Scope } from './scope';

/** A graph with its calls written out, and what the ports and the state of each signature are in it. */
export interface FlatSource {
  readonly nodes: ReadonlyMap<string, SourceNode>;
  readonly functions: Map<string, SourceFunction>;
  readonly notes: readonly string[];
  readonly signatures: readonly FlatSignature[];
}

export interface FlatSignature {
  /** What the inputs, then the outputs are. */
  readonly ports: readonly SourceRef[];
  readonly state: readonly SourceState[];
}

/**
 * Writes out all calls. Variables become constants, unless the model both reads and changes them: those are handed from one
 * operator to the next in the order of the program, each signature starting with what it finds.
 */
export function flattenSource(source: SourceGraph, chosen: readonly SourceSignature[]): FlatSource {
  const frozen = flattenWith(source, chosen, new Set());
  const changed = frozen.run.changed();
  return (changed.length === 0 ? frozen : flattenWith(source, chosen, new Set(changed))).flat;
}

function flattenWith(
  source: SourceGraph,
  chosen: readonly SourceSignature[],
  mutable: ReadonlySet<string>,
): { readonly run: Flattening; readonly flat: FlatSource } {
  const run = new Flattening(source, mutable);
  const scope = new Scope();
  const flatten = (roots: readonly SourceRef[]): readonly SourceRef[] =>
    flattenInto(run, scope, source.nodes, new Map(), roots, []);
  const portsOf = ({ inputs, outputs }: SourceSignature): SourceRef[] =>
    [...inputs, ...outputs].map((port) => port.ref);
  const signatures = mutable.size > 0 ? chosen.map(withState) : together();
  const flat = { nodes: scope.nodes, functions: run.functions, notes: Array.from(run.notes), signatures };
  return { run, flat };

  /** All signatures at once, so that what they share is there once. */
  function together(): FlatSignature[] {
    const refs = flatten(chosen.flatMap(portsOf));
    let at = 0;
    return chosen.map((signature) => {
      const count = portsOf(signature).length;
      return { ports: refs.slice(at, (at += count)), state: [] };
    });
  }

  function withState(signature: SourceSignature): FlatSignature {
    for (const variable of mutable) scope.state.set(variable, placeFor(scope, variable));
    const before = new Map(scope.state);
    const ports = flatten(portsOf(signature));
    const state = Array.from(mutable, (variable): SourceState | undefined => {
      const [start, from, to] = [
        source.variables.get(variable),
        before.get(variable),
        scope.state.get(variable),
      ];
      return start && from && to && { variable, start, before: from, after: to };
    });
    return { ports, state: state.filter((each) => each !== undefined) };
  }
}

/** What stands for the contents of a variable at the beginning of a call. */
const placeFor = (scope: Scope, variable: string): SourceRef =>
  scope.add({
    name: scope.reserve(`${variable}/before`),
    op: 'Placeholder',
    inputs: [],
    attrs: attrsOf({}),
  });

/**
 * Leaves out the variables that no output depends on, now or in a later call: metrics, counts of steps. `nodes` are those of
 * the graph that the signatures are in.
 */
export function withoutUnseenState(
  nodes: ReadonlyMap<string, SourceNode>,
  signatures: readonly FlatSignature[],
): readonly FlatSignature[] {
  const seen = new Set<string>();
  for (let before = -1; before < seen.size;) {
    before = seen.size;
    for (const { ports, state } of signatures) {
      const kept = state.filter(({ variable }) => seen.has(variable)).map(({ after }) => after);
      const needed = neededNodes(nodes, [...ports, ...kept]);
      for (const each of state) if (needed.has(each.before.node)) seen.add(each.variable);
    }
  }
  return signatures.map(({ ports, state }) => ({
    ports,
    state: state.filter(({ variable }) => seen.has(variable)),
  }));
}

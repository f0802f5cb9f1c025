import { AppError } from '@shared/error/app-error';
import { calledFunctions as functionNames } from '../read/tensorflow/library';
import type { SourceFunction, SourceGraph, SourcePort, SourceRef, SourceSignature } from '../source';
import { giveListsShapes } from './list-shapes';
import { raiseLoops } from './raise-loops';
import { raiseRecurrentLayers } from './rnn/raise';
import { listsForArrays } from './tensor-arrays';
import { neededNodes } from './scope';
import { flattenSource, withoutUnseenState, type FlatSignature } from './state';

/**
 * Makes a graph that is ready to be lowered: calls of functions written out, variables frozen to constants (in bodies of
 * control flow, too) unless the model changes them, everything that the signatures do not need left out. With `signature`, only that one is kept; an unknown
 * key is `usage.wrong`. The result reads its constants from the same open files as `source`, whose `close` it takes over.
 */
export function prepareSource(source: SourceGraph, signature?: string): SourceGraph {
  const chosen = signature === undefined ? source.signatures : [signatureOf(source, signature)];
  const flat = flattenSource(source, chosen);
  const roots = flat.signatures.flatMap(({ ports, state }) => [...ports, ...state.map(({ after }) => after)]);
  const loops = raiseLoops(listsForArrays(flat.nodes), flat.functions, roots);
  const raised = raiseRecurrentLayers(loops.nodes, flat.functions, loops.roots);
  const moved = new Map(roots.map((ref, i) => [ref, raised.roots[i] ?? ref]));
  const move = (ref: SourceRef): SourceRef => moved.get(ref) ?? ref;
  const signatures = withoutUnseenState(
    raised.nodes,
    flat.signatures.map(({ ports, state }) => ({
      ports: ports.map(move),
      state: state.map((each) => ({ ...each, after: move(each.after) })),
    })),
  );
  const refs = signatures.flatMap(({ ports, state }) => [...ports, ...state.map(({ after }) => after)]);
  const nodes = giveListsShapes(neededNodes(raised.nodes, refs), flat.functions);
  return {
    ...source,
    nodes,
    functions: calledFunctions(nodes, flat.functions),
    signatures: chosen.map(({ key, inputs, outputs }, i) => {
      const { ports = [], state = [] } = signatures[i] ?? {};
      const moveTo = (port: SourcePort, place: number): SourcePort => ({
        ...port,
        ref: ports[place] ?? port.ref,
      });
      return {
        key,
        inputs: inputs.map(moveTo),
        outputs: outputs.map((port, place) => moveTo(port, inputs.length + place)),
        ...(state.length > 0 ? { state } : {}),
      };
    }),
    defaultSignature: signature ?? source.defaultSignature,
    variables: new Map(),
    notes: [...source.notes, ...flat.notes, ...stateNotes(signatures)],
  };
}

function stateNotes(signatures: readonly FlatSignature[]): string[] {
  const names = new Set(signatures.flatMap(({ state }) => state.map(({ variable }) => `'${variable}'`)));
  return names.size === 0
    ? []
    : [
        `The model keeps ${Array.from(names).join(', ')} from one call to the next, and so does the converted file for as long as it is loaded.`,
      ];
}

/** The functions that are still called, by name. */
function calledFunctions(
  nodes: SourceGraph['nodes'],
  functions: SourceGraph['functions'],
): SourceGraph['functions'] {
  const found = new Map<string, SourceFunction>();
  const waiting = Array.from(nodes.values());
  for (let node = waiting.pop(); node; node = waiting.pop())
    for (const name of functionNames(node)) {
      const fn = found.has(name) ? undefined : functions.get(name);
      if (!fn) continue;
      found.set(name, fn);
      waiting.push(...fn.nodes.values());
    }
  return found;
}

function signatureOf(source: SourceGraph, key: string): SourceSignature {
  const found = source.signatures.find((signature) => signature.key === key);
  if (found) return found;
  throw new AppError(
    'usage.wrong',
    `The model has no signature '${key}'; it has ${source.signatures.map((each) => `'${each.key}'`).join(', ')}.`,
  );
}

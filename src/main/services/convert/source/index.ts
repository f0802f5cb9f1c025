import { AppError } from '@shared/error/app-error';
import { calledFunctions as functionNames } from '../read/tensorflow/library';
import type { SourceFunction, SourceGraph, SourcePort, SourceSignature } from '../source';
import { flattenInto } from './flatten';
import { Flattening } from './flattening';
import { giveListsShapes } from './list-shapes';
import { raiseLoops } from './raise-loops';
import { raiseRecurrentLayers } from './rnn/raise';
import { listsForArrays } from './tensor-arrays';
import { neededNodes, Scope } from './scope';

/**
 * Makes a graph that is ready to be lowered: calls of functions written out, variables frozen to constants (in bodies of
 * control flow, too), everything that the signatures do not need left out. With `signature`, only that one is kept; an unknown
 * key is `usage.wrong`. The result reads its constants from the same open files as `source`, whose `close` it takes over.
 */
export function prepareSource(source: SourceGraph, signature?: string): SourceGraph {
  const chosen = signature === undefined ? source.signatures : [signatureOf(source, signature)];
  const run = new Flattening(source);
  const scope = new Scope();
  const ports = chosen.flatMap(({ inputs, outputs }) => [...inputs, ...outputs]);
  const flat = flattenInto(
    run,
    scope,
    source.nodes,
    new Map(),
    ports.map((port) => port.ref),
    [],
  );
  const loops = raiseLoops(listsForArrays(scope.nodes), run.functions, flat);
  const raised = raiseRecurrentLayers(loops.nodes, run.functions, loops.roots);
  const refs = raised.roots;
  const nodes = giveListsShapes(neededNodes(raised.nodes, refs), run.functions);
  const resolved = new Map(
    ports.map((port, i): [SourcePort, SourcePort] => [port, { ...port, ref: refs[i] ?? port.ref }]),
  );
  const moved = (port: SourcePort): SourcePort => resolved.get(port) ?? port;
  return {
    ...source,
    nodes,
    functions: calledFunctions(nodes, run.functions),
    signatures: chosen.map(({ key, inputs, outputs }) => ({
      key,
      inputs: inputs.map(moved),
      outputs: outputs.map(moved),
    })),
    defaultSignature: signature ?? source.defaultSignature,
    variables: new Map(),
    notes: [...source.notes, ...run.allNotes()],
  };
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

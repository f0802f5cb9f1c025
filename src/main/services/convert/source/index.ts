import { AppError } from '@shared/error/app-error';
import type { SourceGraph, SourcePort, SourceSignature } from '../source';
import { flattenInto } from './flatten';
import { Flattening } from './flattening';
import { Scope } from './scope';

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
  const refs = flattenInto(
    run,
    scope,
    source.nodes,
    new Map(),
    ports.map((port) => port.ref),
    [],
  );
  const resolved = new Map(
    ports.map((port, i): [SourcePort, SourcePort] => [port, { ...port, ref: refs[i] ?? port.ref }]),
  );
  const moved = (port: SourcePort): SourcePort => resolved.get(port) ?? port;
  return {
    ...source,
    nodes: scope.needed(refs),
    functions: run.functions,
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

function signatureOf(source: SourceGraph, key: string): SourceSignature {
  const found = source.signatures.find((signature) => signature.key === key);
  if (found) return found;
  throw new AppError(
    'usage.wrong',
    `The model has no signature '${key}'; it has ${source.signatures.map((each) => `'${each.key}'`).join(', ')}.`,
  );
}

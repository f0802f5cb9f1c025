import { AppError } from '@shared/error/app-error';
import { Graph, signatureOf, Value, type Model, type ModelSignature } from './graph/ir';
import { emitOp } from './lower/emit';
import { mainScope, type FunctionScope } from './lower/scope';
import { unsupported, type Problem } from './lower/refusal';
import { Pace } from './pace';
import { TENSOR_TYPE } from './schema';
import { readState, startOf } from './lower/state';
import type { SourceGraph, SourcePort, SourceRef, SourceSignature } from './source';

export interface LowerOptions {
  /** Key of the one signature to convert; all of them, the default one first, when left out. */
  readonly signature?: string | undefined;
  /** Shapes of inputs as the user fixes them, by input name. */
  readonly shapes?: Readonly<Record<string, readonly number[]>> | undefined;
}

/**
 * Turns a source graph into ours, one graph per signature. All nodes that cannot be converted are named in one AppError
 * `model.unsupported`; shapes that do not fit the model are `usage.wrong`.
 */
export async function lower(
  source: SourceGraph,
  options: LowerOptions = {},
  pace = new Pace(),
): Promise<Model> {
  const chosen = chooseSignatures(source, options.signature);
  checkShapeNames(chosen, options.shapes ?? {});
  const problems: Problem[] = [];
  const signatures: ModelSignature[] = [];
  const start = startOf(chosen);
  for (const signature of chosen) {
    const graph = new Graph(chosen.length === 1 ? 'main' : signature.key);
    const scope = mainScope(source, graph, problems);
    const inputs = signature.inputs.map((port) => {
      const value = new Value(port.name, {
        dtype: port.dtype,
        shape: inputShape(port, options.shapes?.[port.name]),
      });
      scope.bind(port.ref, value);
      return value;
    });
    graph.inputs = inputs;
    const state = signature.state ?? [];
    const keep = start && readState(graph, start, state, ({ before }, value) => scope.bind(before, value));
    await lowerPolitely(scope, signature, source.nodes.size, pace);
    if (problems.length > 0) continue;
    for (const each of state)
      if (each.after.node !== each.before.node) keep?.(each, scope.valueOf(each.after));
    graph.outputs = signature.outputs.map((port) => inTypeOf(port, scope.valueOf(port.ref), graph));
    const place = ({ name }: SourcePort, index: number): { name: string; index: number } => ({ name, index });
    signatures.push(
      signatureOf(signature.key, graph, signature.inputs.map(place), signature.outputs.map(place)),
    );
  }
  if (problems.length > 0) throw unsupported(problems, source.signatures.length > 1);
  return {
    graphs: signatures.map(({ graph }) => graph),
    signatures,
    description: 'Edgebench',
    metadata: new Map(),
  };
}

/** Half precision is computed in single precision; at the outputs it is what the signature says. */
function inTypeOf(port: SourcePort, value: Value, graph: Graph): Value {
  if (port.dtype !== 'float16' || value.dtype !== 'float32') return value;
  const attrs = { in_data_type: TENSOR_TYPE.float32, out_data_type: TENSOR_TYPE.float16 };
  return emitOp(graph, 'CAST', attrs, [value], port.name)[0] ?? value;
}

async function lowerPolitely(
  scope: FunctionScope,
  signature: SourceSignature,
  total: number,
  pace: Pace,
): Promise<void> {
  let done = 0;
  const wanted = [...signature.outputs.map((port) => port.ref), ...stateAfter(signature)];
  for (const _ of scope.lowerAll(wanted)) if (pace.step('lower', ++done, total)) await pace.rest();
}

const stateAfter = ({ state = [] }: SourceSignature): SourceRef[] => state.map(({ after }) => after);

function chooseSignatures(source: SourceGraph, key: string | undefined): readonly SourceSignature[] {
  if (source.signatures.length === 0)
    throw new AppError(
      'model.unsupported',
      'The model has no signature, so its inputs and outputs are unknown; export it with one.',
    );
  if (key === undefined) {
    const isDefault = (signature: SourceSignature): boolean => signature.key === source.defaultSignature;
    return [...source.signatures.filter(isDefault), ...source.signatures.filter((s) => !isDefault(s))];
  }
  const found = source.signatures.filter((signature) => signature.key === key);
  if (found.length > 0) return found;
  throw new AppError(
    'usage.wrong',
    `The model has no signature '${key}'; it has ${source.signatures.map((s) => `'${s.key}'`).join(', ')}.`,
  );
}

function checkShapeNames(
  signatures: readonly SourceSignature[],
  shapes: Readonly<Record<string, readonly number[]>>,
): void {
  const names = new Set(signatures.flatMap((signature) => signature.inputs.map((port) => port.name)));
  const wrong = Object.keys(shapes).find((name) => !names.has(name));
  if (wrong === undefined) return;
  throw new AppError(
    'usage.wrong',
    `A shape is given for '${wrong}', which is no input of the model; its inputs are ${Array.from(names).join(', ')}.`,
  );
}

const shapeText = (shape: readonly number[]): string =>
  `[${shape.map((size) => (size < 0 ? '?' : size)).join(', ')}]`;

function inputShape(port: SourcePort, wanted: readonly number[] | undefined): readonly number[] {
  if (!wanted) {
    if (port.shape) return port.shape;
    throw new AppError(
      'usage.wrong',
      `The input '${port.name}' may have any number of dimensions; say which shape is meant, e.g. --shape ${port.name}=1,224,224,3.`,
    );
  }
  const fits =
    !port.shape ||
    (port.shape.length === wanted.length && port.shape.every((size, i) => size < 0 || size === wanted[i]));
  if (fits && wanted.every((size) => Number.isSafeInteger(size) && (size >= 1 || size === -1))) return wanted;
  throw new AppError(
    'usage.wrong',
    `The input '${port.name}' has the shape ${port.shape ? shapeText(port.shape) : 'of any rank'}; ${shapeText(wanted)} does not fit it.`,
  );
}

import type { ModelFiles } from '@main/ports/model-files';
import { AppError } from '@shared/error/app-error';
import { Wire } from '@shared/protobuf/wire';
import type { SourceGraph, SourceNode } from '../source';
import { guessSignature } from './tensorflow/guess-signature';
import { FunctionLibrary } from './tensorflow/library';
import { readGraph } from './tensorflow/meta-graph';

/** Protobuf itself ends here. */
const MAX_PB_BYTES = 2 ** 31 - 1;
const VARIABLE_OPS = new Set(['VarHandleOp', 'VariableV2', 'Variable']);
const SIGNATURE_KEY = 'serving_default';

/**
 * Reads TensorFlow 1's frozen graph, a GraphDef with its weights as constants. It says neither what its inputs are nor its
 * outputs: placeholders that are used, and nodes that nothing uses, serve.
 */
export function readFrozenGraph(path: string, files: ModelFiles): SourceGraph {
  const file = files.open(path);
  let bytes: Uint8Array;
  try {
    if (file.size > MAX_PB_BYTES)
      throw new AppError('model.too-large', `'${file.path}' is larger than 2 GiB, which no graph can be.`);
    bytes = file.read(0, file.size);
  } finally {
    file.close();
  }
  const nodes = new Map<string, SourceNode>();
  const functions = new Map<string, () => Wire>();
  readGraph(Wire.of(bytes, `'${file.path}'`), nodes, functions);
  const variable = Array.from(nodes.values()).find((node) => VARIABLE_OPS.has(node.op));
  if (variable)
    throw new AppError(
      'model.unsupported',
      `'${file.path}' is a graph that is not frozen: the values of its variable '${variable.name}' lie elsewhere. Freeze it, or give the folder of a SavedModel.`,
    );
  const signature = guessSignature(nodes, SIGNATURE_KEY);
  const names = signature.outputs.map(({ name }) => `'${name}'`).join(', ');
  return {
    format: 'frozen-graph',
    nodes,
    functions: new FunctionLibrary(functions).reachableFrom(nodes.values()),
    signatures: [signature],
    defaultSignature: SIGNATURE_KEY,
    variables: new Map(),
    notes: [
      `The graph does not say what its outputs are; those that nothing in it uses are taken: ${names}.`,
    ],
    close: () => undefined,
  };
}

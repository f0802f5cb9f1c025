import type { ModelFiles } from '@main/ports/model-files';
import { AppError } from '@shared/error/app-error';
import type {
  SourceFunction,
  SourceGraph,
  SourceNode,
  SourcePort,
  SourceSignature,
  SourceTensor,
} from '../source';
import { isAssignment } from '../source/assignments';
import { neededNodes, runningNodes } from '../source/scope';
import { openBundle, type Bundle } from './bundle/bundle';
import { Wire } from '@shared/protobuf/wire';
import { FunctionLibrary } from './tensorflow/library';
import { graphRef } from './tensorflow/node-def';
import { readMetaGraph, type MetaGraph, type RawSignature, type TensorInfo } from './tensorflow/meta-graph';
import { findCheckpointKeys } from './tensorflow/restore';
import { isTensorDType } from './tensorflow/types';

/** Protobuf itself ends here. */
const MAX_PB_BYTES = 2 ** 31 - 1;
const VARIABLE_OPS = new Set(['VarHandleOp', 'VariableV2', 'Variable']);
/** Signatures that TensorFlow writes for itself. */
const OWN_SIGNATURE = /^__saved_model_/;

/**
 * Reads a SavedModel, TF 1 or TF 2. `folder` holds saved_model.pb and variables/. Functions are decoded as far as the graph
 * reaches them; variables are opened, and their bytes read when asked for. Nothing outside the folder is read.
 */
export function readSavedModel(folder: string, files: ModelFiles): SourceGraph {
  const file = files.openInside(folder, 'saved_model.pb');
  let bytes: Uint8Array;
  try {
    if (file.size > MAX_PB_BYTES)
      throw new AppError(
        'model.too-large',
        `'${file.path}' is larger than 2 GiB, which no SavedModel can be.`,
      );
    bytes = file.read(0, file.size);
  } finally {
    file.close();
  }
  const { meta, notes } = chooseMetaGraph(bytes, file.path);
  const library = new FunctionLibrary(meta.functions);
  const { signatures, notes: signatureNotes } = toSignatures(meta.signatures);
  if (signatures.length === 0)
    throw new AppError(
      'model.unsupported',
      `the SavedModel '${folder}' has no signature that can be called. Export it with one (Keras: model.export).`,
    );
  const wanted = nodesOf(meta.nodes, signatures);
  const functions = library.reachableFrom(wanted.values());
  const { variables, close } = openVariables(folder, files, meta, wanted, (name) => library.find(name));
  return {
    format: 'saved-model',
    nodes: wanted,
    functions,
    signatures,
    defaultSignature:
      signatures.find((signature) => signature.key === 'serving_default')?.key ?? signatures[0]?.key ?? '',
    variables,
    notes: [...notes, ...signatureNotes],
    close,
  };
}

function chooseMetaGraph(bytes: Uint8Array, what: string): { meta: MetaGraph; notes: string[] } {
  const graphs: MetaGraph[] = [];
  for (const wire = Wire.of(bytes, `'${what}'`); wire.next();)
    if (wire.field === 2) graphs.push(readMetaGraph(wire.message()));
    else wire.skip();
  const serving = graphs.find((graph) => graph.tags.includes('serve'));
  const meta = serving ?? graphs[0];
  if (!meta) throw new AppError('model.unreadable', `'${what}' holds no graph, so it is no SavedModel.`);
  const notes =
    serving || meta.tags.length === 0
      ? []
      : [`the SavedModel has no graph tagged 'serve'; the one tagged '${meta.tags.join(', ')}' is used`];
  return { meta, notes };
}

function toSignatures(raw: readonly RawSignature[]): { signatures: SourceSignature[]; notes: string[] } {
  const signatures: SourceSignature[] = [];
  const notes: string[] = [];
  const sorted = raw.filter((signature) => !OWN_SIGNATURE.test(signature.key));
  sorted.sort((a, b) => (a.key < b.key ? -1 : 1));
  for (const signature of sorted) {
    const odd = [...signature.inputs, ...signature.outputs].find(
      (info) => !graphRef(info.tensor) || !isTensorDType(info.dtype),
    );
    if (odd) notes.push(`signature '${signature.key}' is left out: '${odd.name}' is no plain tensor`);
    else if (signature.outputs.length > 0)
      signatures.push({
        key: signature.key,
        inputs: signature.inputs.map(toPort),
        outputs: signature.outputs.map(toPort),
      });
  }
  return { signatures: withoutKerasTwin(signatures), notes };
}

/** Keras 3 exports every model under two keys, `serve` and `serving_default`, which are the same. */
function withoutKerasTwin(signatures: SourceSignature[]): SourceSignature[] {
  const serving = signatures.find((signature) => signature.key === 'serving_default');
  const portsOf = ({ inputs, outputs }: SourceSignature): string =>
    JSON.stringify(
      [inputs, outputs].map((ports) => ports.map(({ name, dtype, shape }) => [name, dtype, shape])),
    );
  return signatures.filter(
    (signature) => signature.key !== 'serve' || !serving || portsOf(signature) !== portsOf(serving),
  );
}

function toPort({ name, tensor, dtype, shape }: TensorInfo): SourcePort {
  const ref = graphRef(tensor);
  if (!ref || !isTensorDType(dtype)) throw new Error(`signature entry '${name}' is no tensor`);
  return { name, dtype, shape, ref };
}

/**
 * The part of the main graph that some signature needs, in file order; with what it only waits for where that changes
 * variables.
 */
function nodesOf(
  nodes: ReadonlyMap<string, SourceNode>,
  signatures: readonly SourceSignature[],
): ReadonlyMap<string, SourceNode> {
  const roots = signatures.flatMap(({ inputs, outputs }) => [...inputs, ...outputs].map((port) => port.ref));
  const running = runningNodes(nodes, roots);
  const assigns = Array.from(running.values()).some((node) => isAssignment(node.op));
  return assigns ? running : neededNodes(nodes, roots);
}

/** Contents of all variables that the needed part of the graph has, each opened by its checkpoint key. */
function openVariables(
  folder: string,
  files: ModelFiles,
  meta: MetaGraph,
  wanted: ReadonlyMap<string, SourceNode>,
  functionOf: (name: string) => SourceFunction | undefined,
): { variables: ReadonlyMap<string, SourceTensor>; close: () => void } {
  const holders = [...wanted.values()].filter((node) => VARIABLE_OPS.has(node.op));
  if (holders.length === 0) return { variables: new Map(), close: () => undefined };
  const keys = findCheckpointKeys(meta.nodes, meta.restoreOp, functionOf);
  const bundle = openBundle(files.join(folder, 'variables'), files);
  const variables = new Map<string, SourceTensor>();
  try {
    for (const node of holders) {
      const key = keys.get(node.name) ?? guessKey(node, bundle);
      if (key !== undefined) variables.set(node.name, bundle.tensor(key, node.name));
    }
  } catch (error) {
    bundle.close();
    throw error;
  }
  return { variables, close: () => bundle.close() };
}

/** Without a restore operation: TF 1 stores a variable under its name, TF 2 under its path in the object graph. */
function guessKey(node: SourceNode, bundle: Bundle): string | undefined {
  const shared = node.attrs['shared_name'];
  const names = [shared?.kind === 'string' ? shared.value : '', node.name].filter((name) => name !== '');
  return names
    .flatMap((name) => [name, `${name}/.ATTRIBUTES/VARIABLE_VALUE`])
    .find((name) => bundle.has(name));
}

import type { WrittenPort, WrittenSavedModel } from '@main/ports/original-runtime';
import type { DType } from '@shared/model/dtype';
import type { SourceGraph, SourceNode, SourcePort, SourceRef, SourceTensor } from '../source';
import { completeNodes } from './complete-nodes';
import { checkpointKey, savedModelFields, SIGNATURE, type Port } from './meta-graph';
import { expandRecurrent } from './recurrent';
import { writeTensorBundle } from './tensor-bundle';
import { joined } from './wire';

/** Constants of more bytes go into the checkpoint, so that the graph stays small. */
const MAX_CONSTANT_BYTES = 4096;

/** Adds bytes to a file, which is made when it is named first; paths have forward slashes. */
export type AppendToFile = (path: string, bytes: Uint8Array) => void;

/**
 * Writes one signature of a graph as its reader gave it, before anything is lowered, as a SavedModel that TensorFlow executes: for
 * graphs without functions and variables of their own, as readers of Keras make them. Elements are exchanged as float32, int32 or
 * bool, which is all that TF.js can hold. Weights are read one at a time.
 */
export function writeSavedModel(source: SourceGraph, key: string, append: AppendToFile): WrittenSavedModel {
  const signature = source.signatures.find((one) => one.key === key);
  if (!signature || source.functions.size > 0) throw new Error(`'${key}' cannot be written as a SavedModel`);
  const { nodes, moved } = expandRecurrent(source.nodes);
  const graph = new ExecutableGraph(nodes);
  const inputs = signature.inputs.map((port, i) => graph.addInput(port, `in${i}`));
  for (const node of nodes.values()) graph.addNode(node);
  const outputs = signature.outputs.map((port, i) =>
    graph.addOutput({ ...port, ref: moved(port.ref) }, `out${i}`),
  );
  const { variables } = graph;
  const fields = savedModelFields({ nodes: completeNodes(graph.nodes), variables, inputs, outputs });
  append('saved_model.pb', joined(fields));
  if (variables.size > 0) {
    const tensors = new Map(Array.from(variables.values(), (tensor, i) => [checkpointKey(i), tensor]));
    const data = (bytes: Uint8Array): void => append('variables/variables.data-00000-of-00001', bytes);
    append('variables/variables.index', writeTensorBundle(tensors, data));
  }
  const written = (ports: readonly SourcePort[], side: readonly Port[]): WrittenPort[] =>
    ports.map(({ name, dtype }, i) => ({ key: side[i]?.key ?? '', name, dtype }));
  return {
    signature: SIGNATURE,
    inputs: written(signature.inputs, inputs),
    outputs: written(signature.outputs, outputs),
  };
}

/** The element type that stands for another one outside of the graph. */
const exchanged = (dtype: DType): DType =>
  dtype === 'bool' ? 'bool' : dtype.startsWith('float') ? 'float32' : 'int32';

/** The graph with inputs and outputs that can be fed and fetched, and large constants as variables. */
class ExecutableGraph {
  readonly nodes = new Map<string, SourceNode>();
  readonly variables = new Map<string, SourceTensor>();
  readonly #taken: ReadonlyMap<string, SourceNode>;
  /** What stands for an input's node. */
  readonly #inputs = new Map<string, SourceRef>();

  constructor(taken: ReadonlyMap<string, SourceNode>) {
    this.#taken = taken;
  }

  addInput({ ref, dtype, shape }: SourcePort, key: string): Port {
    const type = exchanged(dtype);
    const fed = this.#add(key, 'Placeholder', [], {
      dtype: { kind: 'dtype', value: type },
      shape: { kind: 'shape', value: shape },
    });
    this.#inputs.set(ref.node, this.#cast(key, fed, type, dtype));
    return { key, dtype: type, shape, ref: fed };
  }

  addNode(node: SourceNode): void {
    if (this.#inputs.has(node.name)) return;
    const value = node.op === 'Const' ? node.attrs['value'] : undefined;
    if (value?.kind === 'tensor' && value.value.data.byteLength > MAX_CONSTANT_BYTES)
      this.#addVariable(node.name, value.value);
    else this.nodes.set(node.name, { ...node, inputs: node.inputs.map((ref) => this.#seen(ref)) });
  }

  addOutput({ ref, dtype, shape }: SourcePort, key: string): Port {
    const type = exchanged(dtype);
    // A node of its own: what is fed cannot be fetched, and one tensor may be several outputs.
    const own = this.#add(key, 'Identity', [this.#cast(key, this.#seen(ref), dtype, type)], {});
    return { key, dtype: type, shape, ref: own };
  }

  #seen(ref: SourceRef): SourceRef {
    return this.#inputs.get(ref.node) ?? ref;
  }

  #addVariable(name: string, tensor: SourceTensor): void {
    const handle = this.#add(`${name}/variable`, 'VarHandleOp', [], {
      dtype: { kind: 'dtype', value: tensor.dtype },
      shape: { kind: 'shape', value: tensor.shape },
      shared_name: { kind: 'string', value: checkpointKey(this.variables.size) },
    });
    this.variables.set(handle.node, tensor);
    const attrs: SourceNode['attrs'] = { dtype: { kind: 'dtype', value: tensor.dtype } };
    this.nodes.set(name, { name, op: 'ReadVariableOp', inputs: [handle], attrs });
  }

  #cast(key: string, ref: SourceRef, from: DType, to: DType): SourceRef {
    if (from === to) return ref;
    return this.#add(`${key}/Cast`, 'Cast', [ref], {
      SrcT: { kind: 'dtype', value: from },
      DstT: { kind: 'dtype', value: to },
    });
  }

  #add(wanted: string, op: string, inputs: readonly SourceRef[], attrs: SourceNode['attrs']): SourceRef {
    let name = wanted;
    while (this.#taken.has(name) || this.nodes.has(name)) name += '_';
    this.nodes.set(name, { name, op, inputs, attrs });
    return { node: name, output: 0 };
  }
}

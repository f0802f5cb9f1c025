import type { SourceDType, SourceNode } from '../../source';
import type { Wire } from '@shared/protobuf/wire';
import { readFunctionName } from './function-def';
import { byNaturalName } from './natural-order';
import { graphRef, readMapEntry, readNode, resolveNode } from './node-def';
import { readShape } from './tensor-proto';
import { dtypeOfNumber } from './types';

export interface TensorInfo {
  readonly name: string;
  readonly tensor: string;
  readonly dtype: SourceDType;
  readonly shape: readonly number[] | undefined;
}

export interface RawSignature {
  readonly key: string;
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
}

/** A MetaGraphDef (tensorflow/core/protobuf/meta_graph.proto), its functions not decoded yet. */
export interface MetaGraph {
  readonly tags: readonly string[];
  readonly nodes: ReadonlyMap<string, SourceNode>;
  readonly functions: ReadonlyMap<string, () => Wire>;
  readonly signatures: readonly RawSignature[];
  /** Name of the operation that fills the variables from a checkpoint; empty when there is none. */
  readonly restoreOp: string;
}

export function readMetaGraph(wire: Wire): MetaGraph {
  const tags: string[] = [];
  const nodes = new Map<string, SourceNode>();
  const functions = new Map<string, () => Wire>();
  const signatures: RawSignature[] = [];
  let restoreOp = '';
  while (wire.next())
    if (wire.field === 1)
      for (const info = wire.message(); info.next();)
        if (info.field === 4) tags.push(info.string());
        else info.skip();
    else if (wire.field === 2) readGraph(wire.message(), nodes, functions);
    else if (wire.field === 3)
      for (const saver = wire.message(); saver.next();)
        if (saver.field === 3) restoreOp = saver.string();
        else saver.skip();
    else if (wire.field === 5)
      readMapEntry(wire.message(), (key, value) => signatures.push(readSignature(key, value)));
    else wire.skip();
  return { tags, nodes, functions, signatures, restoreOp };
}

/** A GraphDef (tensorflow/core/framework/graph.proto): its nodes, and its functions not decoded yet. */
export function readGraph(
  wire: Wire,
  nodes: Map<string, SourceNode>,
  functions: Map<string, () => Wire>,
): void {
  while (wire.next())
    if (wire.field === 1) {
      const node = resolveNode(readNode(wire.message()), graphRef);
      nodes.set(node.name, node);
    } else if (wire.field === 2)
      for (const library = wire.message(); library.next();)
        if (library.field === 1) {
          const definition = library.reopen();
          functions.set(readFunctionName(definition()), definition);
        } else library.skip();
    else wire.skip();
}

function readSignature(key: string, wire: Wire): RawSignature {
  const inputs: TensorInfo[] = [];
  const outputs: TensorInfo[] = [];
  while (wire.next())
    if (wire.field === 1)
      readMapEntry(wire.message(), (name, value) => inputs.push(readTensorInfo(name, value)));
    else if (wire.field === 2)
      readMapEntry(wire.message(), (name, value) => outputs.push(readTensorInfo(name, value)));
    else wire.skip();
  // Entries of a map come in no order of their own.
  return { key, inputs: inputs.sort(byNaturalName), outputs: outputs.sort(byNaturalName) };
}

function readTensorInfo(name: string, wire: Wire): TensorInfo {
  let tensor = '';
  let dtype: SourceDType = 'other';
  let shape: readonly number[] | undefined;
  while (wire.next())
    if (wire.field === 1) tensor = wire.string();
    else if (wire.field === 2) dtype = dtypeOfNumber(wire.int());
    else if (wire.field === 3) shape = readShape(wire.message());
    else wire.skip();
  return { name, tensor, dtype, shape };
}

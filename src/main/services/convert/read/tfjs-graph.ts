import type { ModelFiles } from '@main/ports/model-files';
import { AppError } from '@shared/error/app-error';
import type { SourceGraph, SourceNode, SourcePort, SourceSignature } from '../source';
import { fieldOf, isJsonArray, isJsonObject, parseModelJson, type Json } from './json';
import { resolveFunction, type RawFunction } from './tensorflow/function-def';
import { dtypeFromJson, functionFromJson, nodeFromJson, shapeFromJson } from './tensorflow/json-def';
import { guessSignature } from './tensorflow/guess-signature';
import { byNaturalName } from './tensorflow/natural-order';
import { graphRef, resolveNode } from './tensorflow/node-def';
import { isTensorDType } from './tensorflow/types';
import { readTfjsWeights } from './tfjs-weights';

const SIGNATURE_KEY = 'serving_default';

/**
 * Reads a TensorFlow.js graph model: `path` is its model.json, the weight shards lie in the same folder. Its nodes are
 * TensorFlow's own, frozen, some of them fused (_FusedConv2D ...).
 */
export function readTfjsGraph(path: string, files: ModelFiles): SourceGraph {
  const file = files.open(path);
  let json: Json;
  try {
    json = parseModelJson(file.read(0, file.size), `'${path}'`);
  } finally {
    file.close();
  }
  const topology = fieldOf(json, 'modelTopology');
  const nodeList = fieldOf(topology, 'node');
  if (!isJsonArray(nodeList))
    throw new AppError(
      'model.unreadable',
      `'${path}' has no list of nodes (modelTopology.node), so it is no graph model.`,
    );
  const weights = readTfjsWeights(fieldOf(json, 'weightsManifest'), files.parent(path), files);
  try {
    const constant = (name: string): ReturnType<typeof weights.tensors.get> => weights.tensors.get(name);
    const nodes = new Map<string, SourceNode>();
    for (const each of nodeList) {
      const node = resolveNode(nodeFromJson(each, constant), graphRef);
      nodes.set(node.name, node);
    }
    const functionList = fieldOf(fieldOf(topology, 'library'), 'function');
    const raw = new Map<string, RawFunction>();
    for (const each of isJsonArray(functionList) ? functionList : []) {
      const fn = functionFromJson(each, constant);
      raw.set(fn.name, fn);
    }
    const resultsOf = (name: string): readonly string[] | undefined =>
      raw.get(name)?.results.map((each) => each.name);
    const signature = readSignature(json) ?? guessSignature(nodes, SIGNATURE_KEY);
    return {
      format: 'tfjs-graph',
      nodes,
      functions: new Map(Array.from(raw, ([name, fn]) => [name, resolveFunction(fn, resultsOf)])),
      signatures: [signature],
      defaultSignature: signature.key,
      variables: new Map(),
      notes: [],
      close: () => weights.close(),
    };
  } catch (error) {
    weights.close();
    throw error;
  }
}

/** Names of a signature are lost for some entries, the numbers of their tensors (Identity, Identity_1 ...) never. */
const byTensor = (a: SourcePort, b: SourcePort): number =>
  byNaturalName({ name: a.ref.node }, { name: b.ref.node }) || a.ref.output - b.ref.output;

/** Converters before 2.0 kept the signature among the user's metadata. */
function readSignature(json: Json): SourceSignature | undefined {
  const signature = fieldOf(json, 'signature') ?? fieldOf(fieldOf(json, 'userDefinedMetadata'), 'signature');
  const outputs = portsFromJson(fieldOf(signature, 'outputs'));
  return outputs.length === 0
    ? undefined
    : { key: SIGNATURE_KEY, inputs: portsFromJson(fieldOf(signature, 'inputs')), outputs };
}

function portsFromJson(json: Json | undefined): readonly SourcePort[] {
  if (!isJsonObject(json)) return [];
  const ports = Object.entries(json).flatMap(([name, info]): SourcePort[] => {
    const tensor = fieldOf(info, 'name');
    const ref = typeof tensor === 'string' ? graphRef(tensor) : undefined;
    const dtype = dtypeFromJson(fieldOf(info, 'dtype'));
    // Resources of hash tables are listed as inputs, too.
    if (!ref || !isTensorDType(dtype)) return [];
    const plain = name === tensor ? name.replace(/:0$/, '') : name;
    return [{ name: plain, dtype, shape: shapeFromJson(fieldOf(info, 'tensorShape')), ref }];
  });
  return ports.sort(byTensor);
}

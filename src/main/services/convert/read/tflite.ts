import type { ModelFiles } from '@main/ports/model-files';
import { AppError } from '@shared/error/app-error';
import { Graph, signatureOf, type Model, type ModelSignature, type Op, type Value } from '../graph/ir';
import { graphsOf } from '../graph/subgraphs';
import { FILE_IDENTIFIER, MAX_FILE_BYTES, MIN_RUNTIME_VERSION, SCHEMA_VERSION, SLOTS } from '../schema';
import { FlatReader, type Table } from './tflite/flat-reader';
import { readOperatorCodes, readOperators } from './tflite/operators';
import { readBuffers, readTensor } from './tflite/tensors';

/** True when a file starts as a TFLite file does. */
export const isTflite = (start: Uint8Array): boolean =>
  start.byteLength >= 8 && String.fromCharCode(...start.subarray(4, 8)) === FILE_IDENTIFIER;

/**
 * Reads a .tflite file behind a strict verifier: what it gives is sound, whatever the file. AppErrors: `model.unreadable`
 * with the place, `model.unsupported` for what our form cannot hold.
 */
export function readTflite(path: string, files: ModelFiles): Model {
  const file = files.open(path);
  try {
    if (!isTflite(file.read(0, Math.min(8, file.size))))
      throw new AppError('model.unreadable', `'${file.path}' is not a TFLite model.`);
    if (file.size > MAX_FILE_BYTES)
      throw new AppError(
        'model.too-large',
        `'${file.path}' is larger than 2 GiB, which no TFLite model can be.`,
      );
    return parseTflite(file.read(0, file.size), `'${file.path}'`);
  } finally {
    file.close();
  }
}

/** The same from bytes in memory, which the model's constants are views of; `name` is what messages call the file. */
export function parseTflite(bytes: Uint8Array, name: string): Model {
  const reader = new FlatReader(bytes, name);
  if (!isTflite(bytes)) throw new AppError('model.unreadable', `${name} is not a TFLite model.`);
  const root = reader.root();
  const version = root.uint32(SLOTS.model.version);
  if (version !== SCHEMA_VERSION)
    reader.refuse(`its schema is version ${version} instead of ${SCHEMA_VERSION}`);
  const codes = readOperatorCodes(reader, root);
  const buffers = readBuffers(reader, root);
  const tables = root.tables(SLOTS.model.subgraphs);
  if (tables.length === 0) reader.refuse('it has no subgraph');
  const graphs = tables.map((table) => new Graph(table.string(SLOTS.subgraph.name) ?? ''));

  const tensorsOf = tables.map((table, index) => {
    const graph = graphs[index] as Graph;
    const tensors = table
      .tables(SLOTS.subgraph.tensors)
      .map((tensor, i) => readTensor(reader, tensor, i, buffers));
    const pick = (slot: number): Value[] =>
      (table.numbers(slot, 'int32') ?? []).map(
        (i) =>
          tensors[i] ??
          reader.refuse(`subgraph '${graph.name}' refers to tensor ${i} of ${tensors.length}`, table.offset),
      );
    graph.inputs = pick(SLOTS.subgraph.inputs);
    graph.outputs = pick(SLOTS.subgraph.outputs);
    if (new Set(graph.inputs).size < graph.inputs.length || graph.inputs.some((input) => input.constant))
      reader.refuse(`subgraph '${graph.name}' has an input twice, or a constant as input`, table.offset);
    readOperators(reader, table, graph, tensors, codes, graphs);
    for (const output of graph.outputs)
      if (!output.producer && !output.constant && !output.isVariable && !graph.inputs.includes(output))
        reader.refuse(`nothing computes the output '${output.name}' of '${graph.name}'`, table.offset);
    return tensors;
  });
  const bodies = refuseRecursion(reader, graphs);

  const signatures = readSignatures(reader, root, graphs, tensorsOf);
  const entries = new Set(signatures.map((signature) => signature.graph));

  return {
    graphs: graphs.filter((graph, i) => i === 0 || entries.has(graph) || !bodies.has(graph)),
    signatures,
    description: root.string(SLOTS.model.description) ?? '',
    metadata: readMetadata(reader, root, buffers),
  };
}

/** Bodies must not contain themselves. Returns all graphs that are bodies. */
function refuseRecursion(reader: FlatReader, graphs: readonly Graph[]): Set<Graph> {
  const bodiesOf = new Map(
    graphs.map((graph) => [graph, Array.from(graph.ops).flatMap((op: Op) => graphsOf(op))]),
  );
  const done = new Set<Graph>();
  const visit = (graph: Graph, above: readonly Graph[]): void => {
    if (above.includes(graph) || above.length > 64)
      reader.refuse(`the subgraph '${graph.name}' contains itself, or is nested too deeply`);
    if (done.has(graph)) return;
    for (const body of bodiesOf.get(graph) ?? []) visit(body, [...above, graph]);
    done.add(graph);
  };
  for (const graph of graphs) visit(graph, []);
  return new Set(Array.from(bodiesOf.values()).flat());
}

function readSignatures(
  reader: FlatReader,
  root: Table,
  graphs: readonly Graph[],
  tensorsOf: readonly (readonly Value[])[],
): ModelSignature[] {
  const signatures = root.tables(SLOTS.model.signatureDefs).map((table) => {
    const key = table.string(SLOTS.signatureDef.key) ?? '';
    const index = table.uint32(SLOTS.signatureDef.subgraphIndex);
    const graph = graphs[index];
    if (!graph) return reader.refuse(`the signature '${key}' is for subgraph ${index} of ${graphs.length}`);
    const ports = (slot: number, values: readonly Value[]): { name: string; index: number }[] =>
      table.tables(slot).map((map) => {
        const name = map.string(SLOTS.tensorMap.name) ?? '';
        const tensor = tensorsOf[index]?.[map.uint32(SLOTS.tensorMap.tensorIndex)];
        const place = tensor ? values.indexOf(tensor) : -1;
        if (place < 0)
          reader.refuse(`'${name}' of the signature '${key}' is no input or output of its subgraph`);
        return { name, index: place };
      });
    return signatureOf(
      key,
      graph,
      ports(SLOTS.signatureDef.inputs, graph.inputs),
      ports(SLOTS.signatureDef.outputs, graph.outputs),
    );
  });
  if (new Set(signatures.map(({ key }) => key)).size < signatures.length)
    reader.refuse('two signatures have the same key');
  return signatures.length > 0 ? signatures : [impliedSignature(graphs[0] as Graph)];
}

/** Older files have no signature: their tensors' names serve, made different from each other. */
function impliedSignature(graph: Graph): ModelSignature {
  const named = (values: readonly Value[]): { name: string; index: number }[] => {
    const taken = new Set<string>();
    return values.map((value, index) => {
      const name = value.name !== '' && !taken.has(value.name) ? value.name : `${value.name}:${index}`;
      taken.add(name);
      return { name, index };
    });
  };
  return signatureOf('serving_default', graph, named(graph.inputs), named(graph.outputs));
}

function readMetadata(
  reader: FlatReader,
  root: Table,
  buffers: ReturnType<typeof readBuffers>,
): Map<string, Uint8Array> {
  const metadata = new Map<string, Uint8Array>();
  for (const table of root.tables(SLOTS.model.metadata)) {
    const name = table.string(SLOTS.metadata.name) ?? '';
    const index = table.uint32(SLOTS.metadata.buffer);
    if (index >= buffers.length)
      reader.refuse(`the metadata '${name}' is in buffer ${index} of ${buffers.length}`);
    const data = buffers[index];
    if (data && name !== MIN_RUNTIME_VERSION) metadata.set(name, data.bytes());
  }
  return metadata;
}

import { isForeign } from '../graph/foreign';
import type { Graph, Model, Op, Value } from '../graph/ir';
import { allGraphs } from '../graph/subgraphs';
import { opDefinition } from '../registry';
import {
  CUSTOM_CODE,
  MAX_DEPRECATED_CODE,
  MIN_RUNTIME_VERSION,
  RESOURCE_TYPE,
  SCHEMA_VERSION,
  SLOTS,
  TENSOR_TYPE,
} from '../schema';
import { dataOf } from '../graph/constant';
import { ConstantTable } from './constants';
import type { Field, Node } from './flatbuffer';
import { optionsNode } from './options';
import { quantizationNode } from './quantization';
import { compareVersions, OLDEST_RUNTIME, runtimeVersionBytes } from './version';
import { uniqueNames } from './unique-names';

/** An operator of the written file, as many times as it occurs. */
export interface OperatorCount {
  readonly type: string;
  readonly version: number;
  readonly count: number;
}

/** A model as flatbuffer nodes, and what has to follow them. */
export interface ModelDocument {
  readonly root: Node;
  readonly constants: ConstantTable;
  readonly operators: readonly OperatorCount[];
  readonly minRuntimeVersion: string;
  readonly tensors: ReadonlyMap<Value, TensorPlace>;
}

/** Where a value is in the written file. */
export interface TensorPlace {
  readonly subgraph: number;
  readonly tensor: number;
}

/** Fields by slot, from fields by name. */
function table<S extends Record<string, number>>(
  slots: S,
  fields: { readonly [K in keyof S]?: Field | undefined },
): Node {
  const bySlot: (Field | undefined)[] = [];
  for (const [name, slot] of Object.entries(slots)) bySlot[slot] = fields[name];
  return { kind: 'table', fields: Array.from(bySlot) };
}

const tables = (items: readonly Node[]): Node => ({ kind: 'tables', items });
const text = (value: string): Node => ({ kind: 'string', text: value });
const int32s = (values: readonly number[]): Node => ({ kind: 'numbers', type: 'int32', values });
/** Scalars with the schema's default are not stored. */
const scalar = (kind: 'int8' | 'uint8' | 'bool' | 'int32' | 'uint32', value: number, normal = 0) =>
  value === normal ? undefined : ({ kind, value } as const);

interface OperatorCode {
  readonly node: Node;
  readonly type: string;
  readonly version: number;
  readonly index: number;
  count: number;
}

/** Builds the flatbuffer of a model, operator by operator; `onOp` is called after each. */
export function* modelDocument(model: Model): Generator<void, ModelDocument> {
  const graphs = allGraphs(model);
  const subgraphIndices = new Map(graphs.map((graph, i) => [graph, i]));
  const subgraphIndex = (graph: Graph): number => subgraphIndices.get(graph) as number;
  const constants = new ConstantTable();
  const codes = new Map<string, OperatorCode>();
  const names = uniqueNames(model);
  const places = new Map<Value, TensorPlace>();
  let minRuntimeVersion = OLDEST_RUNTIME;

  const codeOf = (op: Op): OperatorCode => {
    const { type, code, version, since, customCode } = operatorIdentity(op);
    if (compareVersions(since, minRuntimeVersion) > 0) minRuntimeVersion = since;
    const key = `${code} ${version} ${customCode ?? ''}`;
    let known = codes.get(key);
    if (!known) {
      const node = table(SLOTS.operatorCode, {
        deprecatedBuiltinCode: scalar('int8', Math.min(code, MAX_DEPRECATED_CODE)),
        customCode: customCode === undefined ? undefined : text(customCode),
        version: scalar('int32', version, 1),
        builtinCode: scalar('int32', code),
      });
      codes.set(key, (known = { node, type, version, index: codes.size, count: 0 }));
    }
    known.count++;
    return known;
  };

  const subgraphs: Node[] = [];
  for (const graph of graphs) {
    const tensors: Node[] = [];
    const tensorOf = (value: Value | null): number => {
      if (!value) return -1;
      const known = places.get(value);
      if (known !== undefined) return known.tensor;
      const index = tensors.push(tensorNode(value, names(value), constants)) - 1;
      places.set(value, { subgraph: subgraphIndex(graph), tensor: index });
      return index;
    };
    const inputs = graph.inputs.map(tensorOf);
    const operators: Node[] = [];
    for (const op of graph.sorted()) {
      operators.push(operatorNode(op, codeOf(op).index, tensorOf, subgraphIndex));
      yield;
    }
    const outputs = graph.outputs.map(tensorOf);
    // A signature's outputs are counted by the runtime as the subgraph's are, so repetitions have to stay:
    // https://github.com/tensorflow/tensorflow/blob/master/tensorflow/lite/core/signature_runner.h (output_size)
    subgraphs.push(
      table(SLOTS.subgraph, {
        tensors: tables(tensors),
        inputs: int32s(inputs),
        outputs: int32s(outputs),
        operators: tables(operators),
        name: text(graph.name),
      }),
    );
  }

  const portMap = (ports: Model['signatures'][number]['inputs']): Node =>
    tables(
      ports.map(({ name, value }) =>
        table(SLOTS.tensorMap, {
          name: text(name),
          tensorIndex: scalar('uint32', places.get(value)?.tensor as number),
        }),
      ),
    );
  const signatureDefs = model.signatures.map(({ key, graph, inputs, outputs }) =>
    table(SLOTS.signatureDef, {
      inputs: portMap(inputs),
      outputs: portMap(outputs),
      key: text(key),
      subgraphIndex: scalar('uint32', subgraphIndex(graph)),
    }),
  );

  const metadata = new Map(model.metadata);
  metadata.set(MIN_RUNTIME_VERSION, runtimeVersionBytes(minRuntimeVersion));
  const metadataNodes = Array.from(metadata, ([name, bytes]) =>
    table(SLOTS.metadata, {
      name: text(name),
      buffer: scalar('uint32', constants.add(dataOf(bytes)) + 1),
    }),
  );

  const root = table(SLOTS.model, {
    version: scalar('uint32', SCHEMA_VERSION),
    operatorCodes: tables(Array.from(codes.values(), ({ node }) => node)),
    subgraphs: tables(subgraphs),
    description: text(model.description),
    // Buffer 0 is the empty one that all tensors without data refer to.
    buffers: tables([
      table(SLOTS.buffer, {}),
      ...constants.distinct.map((_, index) => table(SLOTS.buffer, { data: { kind: 'data', index } })),
    ]),
    metadata: tables(metadataNodes),
    signatureDefs: signatureDefs.length > 0 ? tables(signatureDefs) : undefined,
  });
  const operators = Array.from(codes.values(), ({ type, version, count }) => ({ type, version, count }));
  return { root, constants, operators, minRuntimeVersion, tensors: places };
}

function operatorIdentity(op: Op): {
  type: string;
  code: number;
  version: number;
  since: string;
  customCode?: string;
} {
  if (!isForeign(op)) {
    const definition = opDefinition(op.type);
    return { type: op.type, code: definition.code, ...definition.version(op) };
  }
  const { code, version, customCode } = op.attrs.foreign;
  if (customCode === undefined)
    throw new Error(`the operator ${op.type} '${op.name}' is not known and cannot be written`);
  return { type: customCode, code, version, since: OLDEST_RUNTIME, customCode };
}

function operatorNode(
  op: Op,
  opcodeIndex: number,
  tensorOf: (value: Value | null) => number,
  subgraphIndex: (graph: Graph) => number,
): Node {
  const foreign = isForeign(op) ? op.attrs.foreign : undefined;
  const definition = foreign ? undefined : opDefinition(op.type);
  const options = definition && optionsNode(definition, op, subgraphIndex);
  return table(SLOTS.operator, {
    opcodeIndex: scalar('uint32', opcodeIndex),
    inputs: int32s(op.inputs.map(tensorOf)),
    outputs: int32s(op.outputs.map(tensorOf)),
    optionsType: options && scalar('uint8', definition?.options?.union ?? 0),
    options,
    customOptions:
      foreign?.code === CUSTOM_CODE && foreign.customOptions
        ? { kind: 'numbers', type: 'uint8', values: foreign.customOptions }
        : undefined,
    intermediates: op.intermediates.length > 0 ? int32s(op.intermediates.map(tensorOf)) : undefined,
  });
}

function tensorNode(value: Value, name: string, constants: ConstantTable): Node {
  const dynamic = value.shape.some((size) => size < 0);
  return table(SLOTS.tensor, {
    // A dynamic dimension is 1 until the runtime is told otherwise.
    shape: int32s(value.shape.map((size) => (size < 0 ? 1 : size))),
    type: scalar('int8', value.isResource ? RESOURCE_TYPE : TENSOR_TYPE[value.dtype]),
    buffer: scalar('uint32', value.constant ? constants.add(value.constant) + 1 : 0),
    name: text(name),
    quantization: value.quantization && quantizationNode(value.quantization),
    isVariable: scalar('bool', value.isVariable ? 1 : 0),
    shapeSignature: dynamic ? int32s(value.shape) : undefined,
    hasRank: scalar('bool', 1),
  });
}

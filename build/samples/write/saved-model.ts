// A SavedModel: the graph with variables, a signature and the operators that restore the variables from the bundle
// (tensorflow/core/protobuf/{saved_model,meta_graph,saver}.proto).
import { dataOf } from '@main/services/convert/graph/constant';
import { shapeFields } from '@main/services/convert/saved-model/graph-def';
import { writeTensorBundle } from '@main/services/convert/saved-model/tensor-bundle';
import { entry, integer, joined, message, type Pieces, text } from '@main/services/convert/saved-model/wire';
import type { SourceTensor } from '@main/services/convert/source';
import {
  INPUT_NAME,
  INPUT_SHAPE,
  WEIGHT_NAMES,
  type Weight,
  type Weights,
  layers,
  weightOf,
} from '../network';
import {
  constant,
  DT_FLOAT,
  DT_STRING,
  graphDef,
  type Node,
  shapeAttr,
  textAttr,
  typeAttr,
  typesAttr,
} from './graph-def';
import { layerNodes } from './layer-nodes';

/** Operator definitions of TensorFlow 2.9 and later. */
const GRAPH_PRODUCER = 987;
const OUTPUT_NAME = 'probabilities';
const BATCH_SHAPE = [-1, ...INPUT_SHAPE];

export interface SavedModel {
  readonly graph: Uint8Array;
  readonly index: Uint8Array;
  readonly data: Uint8Array;
}

/** The classifier as a SavedModel with the signature serving_default: image [-1, 8, 8, 1] -> probabilities [-1, 10]. */
export function writeSavedModel(weights: Weights): SavedModel {
  const variables = variablesOf(weights);
  const { nodes, output } = layerNodes(INPUT_NAME);
  const all = [placeholder(), ...[...variables].flatMap(variableNodes), ...nodes, ...saverNodes(variables)];
  const classes = weightOf(weights, layers.at(-1)?.name ?? '', 1).shape[0] ?? 0;
  const signature = [
    entry(1, INPUT_NAME, ...tensorInfo(INPUT_NAME, BATCH_SHAPE)),
    entry(2, OUTPUT_NAME, ...tensorInfo(output, [-1, classes])),
    text(3, 'tensorflow/serving/predict'),
  ];
  const metaGraph = [
    message(1, text(4, 'serve'), text(5, '2.16.2')),
    message(2, graphDef(all, GRAPH_PRODUCER)),
    message(
      3,
      text(1, 'save/prefix:0'),
      text(2, 'save/prefix_saved:0'),
      text(3, 'save/restore'),
      integer(7, 2),
    ),
    entry(5, 'serving_default', ...signature),
  ];
  const data: Uint8Array[] = [];
  const tensors = new Map(Array.from(variables, ([name, weight]) => [name, tensorOf(weight)]));
  const index = writeTensorBundle(tensors, (bytes) => data.push(bytes));
  return { graph: joined([...integer(1, 1), ...message(2, ...metaGraph)]), index, data: joined(data) };
}

function variablesOf(weights: Weights): Map<string, Weight> {
  const named = layers.flatMap((layer) =>
    WEIGHT_NAMES[layer.kind].map(
      (name, index) => [`${layer.name}/${name}`, weightOf(weights, layer.name, index)] as const,
    ),
  );
  return new Map(named);
}

const tensorOf = ({ shape, data }: Weight): SourceTensor => ({ dtype: 'float32', shape, data: dataOf(data) });

const tensorInfo = (node: string, shape: readonly number[]): Pieces[] => [
  text(1, `${node}:0`),
  integer(2, DT_FLOAT),
  message(3, shapeFields(shape)),
];

const placeholder = (): Node => ({
  name: INPUT_NAME,
  op: 'Placeholder',
  attributes: { dtype: typeAttr(DT_FLOAT), shape: shapeAttr(BATCH_SHAPE) },
});

function variableNodes([name, { shape }]: readonly [string, Weight]): Node[] {
  const dtype = typeAttr(DT_FLOAT);
  return [
    {
      name,
      op: 'VarHandleOp',
      attributes: { dtype, shape: shapeAttr(shape), shared_name: textAttr(name), container: textAttr('') },
    },
    { name: `${name}/Read`, op: 'ReadVariableOp', inputs: [name], attributes: { dtype } },
  ];
}

/** What saves and restores the variables; the loader feeds the path of the bundle into save/prefix. */
function saverNodes(variables: ReadonlyMap<string, Weight>): Node[] {
  const names = [...variables.keys()];
  const count = [names.length];
  const dtypes = typesAttr(names.map(() => DT_FLOAT));
  const where = ['save/prefix', 'save/names', 'save/slices'];
  return [
    constant('save/prefix', [], ['variables']),
    constant('save/names', count, names),
    constant(
      'save/slices',
      count,
      names.map(() => ''),
    ),
    {
      name: 'save/SaveV2',
      op: 'SaveV2',
      inputs: [...where, ...names.map((name) => `${name}/Read`)],
      attributes: { dtypes },
    },
    {
      name: 'save/prefix_saved',
      op: 'Identity',
      inputs: ['save/prefix', '^save/SaveV2'],
      attributes: { T: typeAttr(DT_STRING) },
    },
    { name: 'save/RestoreV2', op: 'RestoreV2', inputs: where, attributes: { dtypes } },
    ...names.map((name, index) => ({
      name: `save/Assign_${index}`,
      op: 'AssignVariableOp',
      inputs: [name, index === 0 ? 'save/RestoreV2' : `save/RestoreV2:${index}`],
      attributes: { dtype: typeAttr(DT_FLOAT) },
    })),
    { name: 'save/restore', op: 'NoOp', inputs: names.map((_, index) => `^save/Assign_${index}`) },
  ];
}

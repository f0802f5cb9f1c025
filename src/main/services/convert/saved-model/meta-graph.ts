// tensorflow/core/protobuf/{saved_model,meta_graph,saver}.proto
import type { DType } from '@shared/model/dtype';
import { numberOfDtype } from '../read/tensorflow/types';
import type { SourceAttr, SourceNode, SourceRef, SourceTensor } from '../source';
import { nodeField, shapeFields, type NameOf } from './graph-def';
import { entry, integer, message, text, type Pieces } from './wire';

/** Operator definitions of TensorFlow 2.9 and later. */
const GRAPH_PRODUCER = 987;
const SERVING_METHOD = 'tensorflow/serving/predict';
const STRING_TYPE = 7;

/** An input or output of the signature. */
export interface Port {
  readonly key: string;
  readonly dtype: DType;
  readonly shape: readonly number[] | undefined;
  readonly ref: SourceRef;
}

export interface MetaGraph {
  readonly nodes: ReadonlyMap<string, SourceNode>;
  /** Contents of the variables by the name of their VarHandleOp; each is in the checkpoint under its `checkpointKey`. */
  readonly variables: ReadonlyMap<string, SourceTensor>;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
}

export const SIGNATURE = 'serving_default';

/** Under which a variable, counted from 0, is in the checkpoint: their order as texts is their order. */
export const checkpointKey = (index: number): string => `w${String(index).padStart(9, '0')}`;

/**
 * TensorFlow allows few characters in names (NODE_NAME_REGEX of tensorflow/core/framework/node_def_util.cc), model files any: a number
 * makes what is left unique.
 */
function validNames(nodes: ReadonlyMap<string, SourceNode>): NameOf {
  const names = new Map<string, string>();
  for (const name of nodes.keys())
    names.set(name, `n${names.size}/${name.replaceAll(/[^A-Za-z0-9_.\\/-]/g, '_')}`);
  return (name) => {
    const found = names.get(name);
    if (found === undefined) throw new Error(`a node reads '${name}', which is not there`);
    return found;
  };
}

/** The content of saved_model.pb, as pieces. */
export function savedModelFields({ nodes, variables, inputs, outputs }: MetaGraph): Pieces {
  const nameOf = validNames(nodes);
  const graph = [
    ...Array.from(nodes.values(), (node) => nodeField(node, nameOf)),
    ...(variables.size > 0 ? restoreFields(variables, nameOf) : []),
    message(4, integer(1, GRAPH_PRODUCER)),
  ];
  const saver =
    variables.size > 0 ? [message(3, text(1, 'save/prefix:0'), text(3, 'save/restore'), integer(7, 2))] : [];
  const info = ({ dtype, shape, ref }: Port): Pieces[] => [
    text(1, `${nameOf(ref.node)}:${ref.output}`),
    integer(2, numberOfDtype(dtype)),
    message(3, shapeFields(shape)),
  ];
  const signature = [
    ...inputs.map((port) => entry(1, port.key, ...info(port))),
    ...outputs.map((port) => entry(2, port.key, ...info(port))),
    text(3, SERVING_METHOD),
  ];
  const metaGraph = [
    message(1, text(4, 'serve')),
    message(2, ...graph),
    ...saver,
    entry(5, SIGNATURE, ...signature),
  ];
  return [...integer(1, 1), ...message(2, ...metaGraph)];
}

/** Operators that fill the variables from the checkpoint; the loader feeds its path into save/prefix. */
function restoreFields(variables: ReadonlyMap<string, SourceTensor>, nameOf: NameOf): Pieces[] {
  const own: NameOf = (name) => (variables.has(name) ? nameOf(name) : name);
  const names = [...variables.keys()];
  const types = Array.from(variables.values(), ({ dtype }): SourceAttr => ({ kind: 'dtype', value: dtype }));
  const count = [names.length];
  const at = (node: string, output = 0): SourceRef => ({ node, output });
  const assigns = names.map((name, i): SourceNode => ({
    name: `save/Assign_${i}`,
    op: 'AssignVariableOp',
    inputs: [at(name), at('save/RestoreV2', i)],
    attrs: { dtype: types[i] as SourceAttr },
  }));
  const restore: SourceNode = {
    name: 'save/RestoreV2',
    op: 'RestoreV2',
    inputs: [at('save/prefix'), at('save/names'), at('save/slices')],
    attrs: { dtypes: { kind: 'list', value: types } },
  };
  const done: SourceNode = { name: 'save/restore', op: 'NoOp', inputs: [], attrs: {} };
  return [
    stringConstant('save/prefix', [], ['variables']),
    stringConstant(
      'save/names',
      count,
      names.map((_, i) => checkpointKey(i)),
    ),
    stringConstant(
      'save/slices',
      count,
      names.map(() => ''),
    ),
    nodeField(restore, own),
    ...assigns.map((node) => nodeField(node, own)),
    nodeField(
      done,
      own,
      assigns.map(({ name }) => name),
    ),
  ];
}

const stringConstant = (name: string, shape: readonly number[], values: readonly string[]): Pieces =>
  message(
    1,
    text(1, name),
    text(2, 'Const'),
    entry(5, 'dtype', integer(6, STRING_TYPE)),
    entry(
      5,
      'value',
      message(
        8,
        integer(1, STRING_TYPE),
        message(2, shapeFields(shape)),
        ...values.map((value) => text(8, value)),
      ),
    ),
  );

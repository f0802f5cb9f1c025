// TensorFlow's GraphDef: tensorflow/core/framework/{graph,node_def,attr_value,tensor,tensor_shape}.proto
import { numberOfDtype } from '../read/tensorflow/types';
import type { SourceAttr, SourceNode, SourceTensor } from '../source';
import { bytes, entry, float, integer, message, text, type Pieces } from './wire';

/** TensorShapeProto; -1 is unknown. Undefined: unknown rank. */
export const shapeFields = (shape: readonly number[] | undefined): Pieces =>
  shape ? shape.flatMap((size) => message(2, integer(1, size))) : integer(3, 1);

const tensorFields = ({ dtype, shape, data }: SourceTensor): Pieces => [
  ...integer(1, numberOfDtype(dtype)),
  ...message(2, shapeFields(shape)),
  ...bytes(4, data.bytes()),
];

/** Fields of an AttrValue, or of its list, which have the same numbers. */
function attrFields(attr: SourceAttr): Pieces {
  switch (attr.kind) {
    case 'string':
      return text(2, attr.value);
    case 'int':
      return integer(3, attr.value);
    case 'float':
      return float(4, attr.value);
    case 'bool':
      return integer(5, attr.value ? 1 : 0);
    case 'dtype':
      return integer(6, numberOfDtype(attr.value));
    case 'shape':
      return message(7, shapeFields(attr.value));
    case 'tensor':
      return message(8, tensorFields(attr.value));
    case 'list':
      return message(1, ...attr.value.map(attrFields));
    case 'function':
      return message(10, text(1, attr.value));
  }
}

/** Names of the nodes that are to be written, and what is written in place of them. */
export type NameOf = (node: string) => string;

/** One NodeDef as a field of the GraphDef; `control` names nodes that have to run before. */
export function nodeField(node: SourceNode, nameOf: NameOf, control: readonly string[] = []): Pieces {
  const inputs = node.inputs.map(({ node: from, output }) =>
    output === 0 ? nameOf(from) : `${nameOf(from)}:${output}`,
  );
  return message(
    1,
    text(1, nameOf(node.name)),
    text(2, node.op),
    ...[...inputs, ...control.map((name) => `^${nameOf(name)}`)].map((input) => text(3, input)),
    ...Object.keys(node.attrs)
      .sort()
      .map((key) => entry(5, key, attrFields(node.attrs[key] as SourceAttr))),
  );
}

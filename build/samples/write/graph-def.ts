// TensorFlow's GraphDef (tensorflow/core/framework/{graph,node_def,attr_value,tensor,tensor_shape}.proto).
import { shapeFields } from '@main/services/convert/saved-model/graph-def';
import {
  bytes,
  entry,
  float,
  integer,
  message,
  type Pieces,
  text,
} from '@main/services/convert/saved-model/wire';

export const DT_FLOAT = 1;
export const DT_INT32 = 3;
export const DT_STRING = 7;

/** The value of a node's attribute, as AttrValue's fields. */
export type Attribute = Pieces;

export const typeAttr = (type: number): Attribute => integer(6, type);
export const intAttr = (value: number): Attribute => integer(3, value);
export const boolAttr = (value: boolean): Attribute => integer(5, value ? 1 : 0);
export const floatAttr = (value: number): Attribute => float(4, value);
export const textAttr = (value: string): Attribute => text(2, value);
export const shapeAttr = (shape: readonly number[]): Attribute => message(7, shapeFields(shape));
export const intsAttr = (values: readonly number[]): Attribute =>
  message(1, ...values.map((value) => integer(3, value)));
export const typesAttr = (types: readonly number[]): Attribute =>
  message(1, ...types.map((type) => integer(6, type)));

export interface Node {
  readonly name: string;
  readonly op: string;
  readonly inputs?: readonly string[];
  readonly attributes?: Readonly<Record<string, Attribute>>;
}

/** A Const node of int32 or string elements; an empty shape is a scalar. */
export function constant(
  name: string,
  shape: readonly number[],
  values: readonly number[] | readonly string[],
): Node {
  const isText = typeof values[0] === 'string';
  const type = isText ? DT_STRING : DT_INT32;
  const content = isText
    ? values.map((value) => text(8, String(value)))
    : [bytes(4, new Uint8Array(Int32Array.from(values as readonly number[]).buffer))];
  const tensor = message(8, integer(1, type), message(2, shapeFields(shape)), ...content);
  return { name, op: 'Const', attributes: { dtype: typeAttr(type), value: tensor } };
}

/** The graph with the version of the operators' definitions that it was written for. */
export function graphDef(nodes: readonly Node[], producer: number): Pieces {
  return [...nodes.map(nodeField), message(4, integer(1, producer))].flat();
}

function nodeField({ name, op, inputs = [], attributes = {} }: Node): Pieces {
  const attributeFields = Object.entries(attributes)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, value]) => entry(5, key, value));
  return message(1, text(1, name), text(2, op), ...inputs.map((input) => text(3, input)), ...attributeFields);
}

import { Header, type Field, type Node } from '@main/services/convert/write/flatbuffer';
import { FILE_IDENTIFIER, SLOTS } from '@main/services/convert/schema';

type Slots = (typeof SLOTS)[keyof typeof SLOTS];

/** A table of the TFLite schema, by field name; whatever a hostile file could say can be said. */
export function craft(slots: Slots, fields: Readonly<Record<string, Field>>): Node {
  const bySlot: (Field | undefined)[] = [];
  for (const [name, slot] of Object.entries(slots)) bySlot[slot] = fields[name];
  return { kind: 'table', fields: Array.from(bySlot) };
}

export const list = (...items: readonly Node[]): Node => ({ kind: 'tables', items });
export const ints = (...values: readonly number[]): Node => ({ kind: 'numbers', type: 'int32', values });
export const longs = (...values: readonly number[]): Node => ({ kind: 'numbers', type: 'int64', values });
export const floats = (...values: readonly number[]): Node => ({ kind: 'numbers', type: 'float32', values });
export const bytes = (length: number): Node => ({
  kind: 'numbers',
  type: 'uint8',
  values: new Uint8Array(length),
});
export const text = (value: string): Node => ({ kind: 'string', text: value });
export const int8 = (value: number): Field => ({ kind: 'int8', value });
export const int32 = (value: number): Field => ({ kind: 'int32', value });
export const uint32 = (value: number): Field => ({ kind: 'uint32', value });
export const bool = (value: boolean): Field => ({ kind: 'bool', value: value ? 1 : 0 });

export const tensor = (fields: Readonly<Record<string, Field>>): Node => craft(SLOTS.tensor, fields);
export const operator = (inputs: Node, outputs: Node, fields: Readonly<Record<string, Field>> = {}): Node =>
  craft(SLOTS.operator, { inputs, outputs, ...fields });

export interface CraftedModel {
  readonly tensors?: readonly Node[];
  readonly operators?: readonly Node[];
  readonly inputs?: Node;
  readonly outputs?: Node;
  readonly buffers?: readonly Node[];
  readonly codes?: readonly Node[];
  readonly model?: Readonly<Record<string, Field>>;
}

/** RELU, which has no options. */
export const RELU = craft(SLOTS.operatorCode, { deprecatedBuiltinCode: int8(19), builtinCode: int32(19) });
export const FLOATS = tensor({ shape: ints(1, 4), name: text('t') });

/** A file of one subgraph; what is not said is that of a sound model with one RELU from tensor 0 to tensor 1. */
export function craftFile(crafted: CraftedModel): Uint8Array {
  const subgraph = craft(SLOTS.subgraph, {
    tensors: { kind: 'tables', items: crafted.tensors ?? [FLOATS, FLOATS] },
    inputs: crafted.inputs ?? ints(0),
    outputs: crafted.outputs ?? ints(1),
    operators: list(...(crafted.operators ?? [operator(ints(0), ints(1))])),
    name: text('main'),
  });
  const root = craft(SLOTS.model, {
    version: uint32(3),
    operatorCodes: list(...(crafted.codes ?? [RELU])),
    subgraphs: list(subgraph),
    buffers: { kind: 'tables', items: crafted.buffers ?? [craft(SLOTS.buffer, {})] },
    ...crafted.model,
  });
  return new Header(root, FILE_IDENTIFIER).place([]).slice();
}

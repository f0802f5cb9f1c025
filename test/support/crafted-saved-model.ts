import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { maskedCrc32c } from '@main/services/convert/read/bundle/crc32c';
import { bytes, entry, fixed32, int, joined, message, text, varint, type Part } from './protobuf';

/** TensorFlow's DataType numbers of the types that tests use. */
export const FLOAT = 1;
export const INT32 = 3;
export const STRING = 7;
export const RESOURCE = 20;

export const shapeParts = (dims: readonly number[]): Part[] => dims.map((dim) => message(2, int(1, dim)));

/** Values of attributes, as the parts of an AttrValue. */
export const attr = {
  type: (type: number): Part => int(6, type),
  int: (value: number): Part => int(3, value),
  text: (value: string): Part => text(2, value),
  shape: (dims: readonly number[]): Part => message(7, ...shapeParts(dims)),
  fn: (name: string): Part => message(10, text(1, name)),
  tensor: (...parts: Part[]): Part => message(8, ...parts),
  types: (types: readonly number[]): Part => message(1, ...types.map((type) => int(6, type))),
};

export const floats = (values: readonly number[], dims: readonly number[] = [values.length]): Part =>
  attr.tensor(
    int(1, FLOAT),
    message(2, ...shapeParts(dims)),
    bytes(4, new Uint8Array(Float32Array.from(values).buffer)),
  );

export const strings = (values: readonly string[]): Part =>
  attr.tensor(
    int(1, STRING),
    message(2, ...shapeParts([values.length])),
    ...values.map((each) => text(8, each)),
  );

/** The parts of a NodeDef. */
export const nodeParts = (
  name: string,
  op: string,
  inputs: readonly string[] = [],
  attrs: Readonly<Record<string, Part>> = {},
): Part[] => [
  text(1, name),
  text(2, op),
  ...inputs.map((input) => text(3, input)),
  ...Object.entries(attrs).map(([key, value]) => entry(5, key, value)),
];

export interface CraftedFunction {
  readonly name: string;
  readonly args: readonly (readonly [name: string, type: number])[];
  readonly results: readonly (readonly [name: string, type: number, from: string])[];
  readonly nodes: readonly Part[][];
}

export interface CraftedGraph {
  readonly nodes: readonly Part[][];
  readonly functions?: readonly CraftedFunction[];
  readonly inputs: Readonly<Record<string, readonly [tensor: string, shape: readonly number[]]>>;
  readonly outputs: Readonly<Record<string, readonly [tensor: string, shape: readonly number[]]>>;
  readonly restoreOp?: string;
}

/** The bytes of a saved_model.pb with one graph, tagged `serve`, and one signature, `serving_default`. */
export function savedModelBytes(graph: CraftedGraph): Uint8Array {
  const ports = (field: number, map: CraftedGraph['inputs']): Part[] =>
    Object.entries(map).map(([key, [tensor, dims]]) =>
      entry(field, key, text(1, tensor), int(2, FLOAT), message(3, ...shapeParts(dims))),
    );
  const functions = (graph.functions ?? []).map(({ name, args, results, nodes }) =>
    message(
      1,
      message(
        1,
        text(1, name),
        ...args.map(([arg, type]) => message(2, text(1, arg), int(3, type))),
        ...results.map(([result, type]) => message(3, text(1, result), int(3, type))),
      ),
      ...nodes.map((parts) => message(3, ...parts)),
      ...results.map(([result, , from]) => message(4, text(1, result), text(2, from))),
    ),
  );
  return joined([
    int(1, 1),
    message(
      2,
      message(1, text(4, 'serve')),
      message(2, ...graph.nodes.map((parts) => message(1, ...parts)), message(2, ...functions)),
      ...(graph.restoreOp === undefined ? [] : [message(3, text(3, graph.restoreOp))]),
      entry(5, 'serving_default', ...ports(1, graph.inputs), ...ports(2, graph.outputs)),
    ),
  ]);
}

/** What an entry of a checkpoint's index says; tests lie in it. */
export interface CraftedEntry {
  readonly dims: readonly number[];
  readonly shard?: number;
  readonly offset: number;
  readonly size: number;
  readonly crc: number;
}

/** The bytes of a variables.index. */
export function indexBytes(entries: Readonly<Record<string, CraftedEntry>>, shards = 1): Uint8Array {
  const encode = ({ dims, shard = 0, offset, size, crc }: CraftedEntry): Uint8Array =>
    joined([
      int(1, FLOAT),
      message(2, ...shapeParts(dims)),
      int(3, shard),
      int(4, offset),
      int(5, size),
      fixed32(6, crc),
    ]);
  const sorted = Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : 1));
  return tableBytes([
    ['', joined([int(1, shards), message(3, int(1, 1))])],
    ...sorted.map(([key, value]): [string, Uint8Array] => [key, encode(value)]),
  ]);
}

/** A sorted string table of one data block. */
export function tableBytes(rows: readonly (readonly [key: string, value: Uint8Array])[]): Uint8Array {
  const parts: Uint8Array[] = [];
  let at = 0;
  const block = (content: readonly (readonly [string, Uint8Array])[]): Uint8Array => {
    const entries = content.map(([key, value]) =>
      joined([varint(0), varint(key.length), varint(value.length), new TextEncoder().encode(key), value]),
    );
    const body = joined([...entries, new Uint8Array(Uint32Array.of(0, 1).buffer), Uint8Array.of(0)]);
    parts.push(body, new Uint8Array(Uint32Array.of(maskedCrc32c(body)).buffer));
    const handle = joined([varint(at), varint(body.length - 1)]);
    at += body.length + 4;
    return handle;
  };
  const data = block(rows);
  const meta = block([]);
  const index = block([['~', data]]);
  const handles = joined([meta, index]);
  const magic = new Uint8Array(Uint32Array.of(0x8b80fb57, 0xdb477524).buffer);
  return joined([...parts, handles, new Uint8Array(40 - handles.length), magic]);
}

/** A model of one variable: y = x * w, the variable restored from the checkpoint's entry `w/key`. */
export function scaleModel(): CraftedGraph {
  return {
    nodes: [
      nodeParts('x', 'Placeholder', [], { dtype: attr.type(FLOAT), shape: attr.shape([1, 3]) }),
      nodeParts('w', 'VarHandleOp', [], {
        dtype: attr.type(FLOAT),
        shape: attr.shape([3]),
        shared_name: attr.text('w'),
      }),
      nodeParts('call', 'StatefulPartitionedCall', ['x', 'w'], {
        f: attr.fn('inner'),
        Tout: attr.types([FLOAT]),
      }),
      nodeParts('file', 'Const', [], { value: strings(['']) }),
      nodeParts('restore', 'StatefulPartitionedCall', ['file', 'w'], { f: attr.fn('restoring') }),
    ],
    functions: [
      {
        name: 'inner',
        args: [
          ['a', FLOAT],
          ['handle', RESOURCE],
        ],
        results: [['product', FLOAT, 'mul:z:0']],
        nodes: [
          nodeParts('read', 'ReadVariableOp', ['handle'], { dtype: attr.type(FLOAT) }),
          nodeParts('mul', 'Mul', ['a', 'read:value:0'], { T: attr.type(FLOAT) }),
        ],
      },
      {
        name: 'restoring',
        args: [
          ['prefix', STRING],
          ['handle', RESOURCE],
        ],
        results: [],
        nodes: [
          nodeParts('names', 'Const', [], { value: strings(['w/key']) }),
          nodeParts('slices', 'Const', [], { value: strings(['']) }),
          nodeParts('values', 'RestoreV2', ['prefix', 'names:output:0', 'slices:output:0'], {
            dtypes: attr.types([FLOAT]),
          }),
          nodeParts('assign', 'AssignVariableOp', ['handle', 'values:tensors:0']),
        ],
      },
    ],
    inputs: { x: ['x:0', [1, 3]] },
    outputs: { y: ['call:0', [1, 3]] },
    restoreOp: 'restore',
  };
}

export const SCALES = [0.5, -2, 3];

const shardOf = (values: readonly number[]): Uint8Array => new Uint8Array(Float32Array.from(values).buffer);

/** The entry that fits `SCALES`. */
export const scaleEntry = (): CraftedEntry => ({
  dims: [3],
  offset: 0,
  size: 12,
  crc: maskedCrc32c(shardOf(SCALES)),
});

/** The files of a SavedModel by their paths inside of its folder. */
export function savedModelFiles(
  graph: CraftedGraph,
  entries: Readonly<Record<string, CraftedEntry>> = { 'w/key': scaleEntry() },
  shard: Uint8Array = shardOf(SCALES),
): Record<string, Uint8Array> {
  return {
    'saved_model.pb': savedModelBytes(graph),
    'variables/variables.index': indexBytes(entries),
    'variables/variables.data-00000-of-00001': shard,
  };
}

export function writeFiles(folder: string, files: Readonly<Record<string, Uint8Array>>): string {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

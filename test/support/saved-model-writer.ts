import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { maskedCrc32c } from '@main/services/convert/read/bundle/crc32c';
import { varint, WireWriter } from './wire';

// Just enough of TensorFlow's SavedModel to write models of any size for tests and measurements. Field numbers:
// https://github.com/tensorflow/tensorflow/tree/master/tensorflow/core/protobuf (saved_model, meta_graph, tensor_bundle)

const DT_FLOAT = 1;
const FOOTER_BYTES = 48;

type AttrWriter = (attr: WireWriter) => void;
const typeAttr =
  (type: number): AttrWriter =>
  (attr) =>
    attr.varint(6, type);
const shapeMessage =
  (shape: readonly number[]): AttrWriter =>
  (message) => {
    for (const size of shape) message.message(2, (dim) => dim.varint(1, size));
  };

interface Variable {
  readonly name: string;
  readonly shape: readonly number[];
  /** Values by index, the same each time. */
  readonly at: (index: number) => number;
}

/** Collects nodes and variables of a graph with one input `x` and one output `y`, then writes them as a SavedModel. */
export class SavedModelWriter {
  readonly #nodes: WireWriter[] = [];
  readonly #variables: Variable[] = [];
  readonly #inputShape: readonly number[];

  constructor(inputShape: readonly number[]) {
    this.#inputShape = inputShape;
    this.node('x', 'Placeholder', [], {
      dtype: typeAttr(DT_FLOAT),
      shape: (attr) => attr.message(7, shapeMessage(inputShape)),
    });
  }

  node(
    name: string,
    op: string,
    inputs: readonly string[],
    attrs: Readonly<Record<string, AttrWriter>>,
  ): string {
    const node = new WireWriter().data(1, name).data(2, op);
    for (const input of inputs) node.data(3, input);
    for (const [key, write] of Object.entries(attrs)) node.entry(5, key, write);
    this.#nodes.push(node);
    return name;
  }

  /** A float variable; returns the name of the node that reads it. */
  variable(name: string, shape: readonly number[], at: (index: number) => number): string {
    this.#variables.push({ name, shape, at });
    this.node(name, 'VarHandleOp', [], {
      dtype: typeAttr(DT_FLOAT),
      shape: (attr) => attr.message(7, shapeMessage(shape)),
      shared_name: (attr) => attr.data(2, name),
    });
    return this.node(`${name}/Read`, 'ReadVariableOp', [name], { dtype: typeAttr(DT_FLOAT) });
  }

  conv(name: string, x: string, kernel: string, stride: number): string {
    const ints =
      (values: readonly number[]): AttrWriter =>
      (attr) =>
        attr.message(1, (list) => list.data(3, Buffer.concat(values.map(varint))));
    return this.node(name, 'Conv2D', [x, kernel], {
      T: typeAttr(DT_FLOAT),
      strides: ints([1, stride, stride, 1]),
      dilations: ints([1, 1, 1, 1]),
      padding: (attr) => attr.data(2, 'SAME'),
      data_format: (attr) => attr.data(2, 'NHWC'),
    });
  }

  /** An operator whose only attribute is its element type. */
  plain(name: string, op: string, inputs: readonly string[]): string {
    return this.node(name, op, inputs, { T: typeAttr(DT_FLOAT) });
  }

  write(folder: string, output: string): void {
    mkdirSync(join(folder, 'variables'), { recursive: true });
    this.#writeVariables(join(folder, 'variables'));
    const port = (info: WireWriter, tensor: string, shape: readonly number[]): void => {
      info.data(1, `${tensor}:0`).varint(2, DT_FLOAT).message(3, shapeMessage(shape));
    };
    const meta = new WireWriter()
      .message(1, (info) => info.data(4, 'serve'))
      .message(2, (graph) => {
        for (const node of this.#nodes) graph.data(1, node.bytes);
      })
      .entry(5, 'serving_default', (signature) =>
        signature
          .entry(1, 'x', (info) => port(info, 'x', this.#inputShape))
          .entry(2, 'y', (info) => port(info, output, []))
          .data(3, 'tensorflow/serving/predict'),
      );
    writeFileSync(join(folder, 'saved_model.pb'), new WireWriter().varint(1, 1).data(2, meta.bytes).bytes);
  }

  #writeVariables(folder: string): void {
    const entries = new Map<string, Uint8Array>();
    const shard = openSync(join(folder, 'variables.data-00000-of-00001'), 'w');
    let offset = 0;
    for (const { name, shape, at } of this.#variables) {
      const values = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => at(i));
      const bytes = new Uint8Array(values.buffer);
      writeSync(shard, bytes);
      entries.set(
        `${name}/.ATTRIBUTES/VARIABLE_VALUE`,
        new WireWriter()
          .varint(1, DT_FLOAT)
          .message(2, shapeMessage(shape))
          .varint(4, offset)
          .varint(5, bytes.byteLength)
          .fixed32(6, maskedCrc32c(bytes)).bytes,
      );
      offset += bytes.byteLength;
    }
    closeSync(shard);
    const header = new WireWriter().varint(1, 1).message(3, (version) => version.varint(1, 1)).bytes;
    const sorted = Array.from(entries).sort(([a], [b]) => (a < b ? -1 : 1));
    writeFileSync(join(folder, 'variables.index'), sortedTable([['', header], ...sorted]));
  }
}

/** A table with one data block, in the format of LevelDB. */
function sortedTable(entries: readonly (readonly [string, Uint8Array])[]): Uint8Array {
  const data = block(entries);
  const meta = block([]);
  const handle = (offset: number, content: Uint8Array): Uint8Array =>
    Buffer.concat([varint(offset), varint(content.length - 5)]);
  const metaOffset = data.length;
  const last = entries.at(-1)?.[0] ?? '';
  const index = block([[`${last}~`, handle(0, data)]]);
  const footer = Buffer.alloc(FOOTER_BYTES);
  Buffer.concat([handle(metaOffset, meta), handle(metaOffset + meta.length, index)]).copy(footer);
  footer.writeUInt32LE(0x8b80fb57, 40);
  footer.writeUInt32LE(0xdb477524, 44);
  return Buffer.concat([data, meta, index, footer]);
}

/** Entries without shared prefixes, one restart point, then the trailer: uncompressed, with its checksum. */
function block(entries: readonly (readonly [string, Uint8Array])[]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const [key, value] of entries) {
    const text = Buffer.from(key);
    parts.push(varint(0), varint(text.length), varint(value.length), text, value);
  }
  const restarts = Buffer.alloc(8);
  restarts.writeUInt32LE(1, 4);
  const content = Buffer.concat([...parts, restarts, Uint8Array.of(0)]);
  const trailer = Buffer.alloc(4);
  trailer.writeUInt32LE(maskedCrc32c(content));
  return Buffer.concat([content, trailer]);
}

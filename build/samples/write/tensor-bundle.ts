// TensorFlow's checkpoint format, "tensor bundle": raw values in one file, and a LevelDB table of where each tensor is
// (tensorflow/core/util/tensor_bundle/tensor_bundle.h, tensorflow/core/protobuf/tensor_bundle.proto,
// leveldb doc/table_format.md).
import type { Weight } from '../network';
import { maskedCrc32c } from './crc32c';
import { type Field, fixed32, integer, message, varint } from './protobuf';

export interface TensorBundle {
  readonly index: Uint8Array;
  readonly data: Uint8Array;
}

const DT_FLOAT = 1;
const TABLE_MAGIC = 0xdb4775248b80fb57n;

/** Writes float32 tensors by their checkpoint keys; the same tensors give the same bytes. */
export function writeTensorBundle(tensors: ReadonlyMap<string, Weight>): TensorBundle {
  const keys = [...tensors.keys()].sort();
  const header = [integer(1, 1), message(3, [integer(1, 1)])];
  const entries: [string, readonly Field[]][] = [['', header]];
  const parts: Uint8Array[] = [];
  let offset = 0;
  for (const key of keys) {
    const { shape, data } = tensors.get(key) as Weight;
    const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const place = offset === 0 ? [] : [integer(4, offset)];
    const fields = [integer(1, DT_FLOAT), message(2, shapeFields(shape)), ...place];
    entries.push([key, [...fields, integer(5, raw.length), fixed32(6, maskedCrc32c(raw))]]);
    parts.push(raw);
    offset += raw.length;
  }
  return { index: writeTable(entries), data: Buffer.concat(parts) };
}

/** TensorShapeProto; a dimension of -1 is unknown. */
export const shapeFields = (shape: readonly number[]): Field[] =>
  shape.map((size) => message(2, [integer(1, size)]));

function writeTable(entries: readonly [key: string, value: readonly Field[]][]): Uint8Array {
  const parts: Uint8Array[] = [];
  let offset = 0;
  const add = (block: Uint8Array): Uint8Array => {
    const kind = Uint8Array.of(0); // not compressed
    const crc = Buffer.alloc(4);
    crc.writeUInt32LE(maskedCrc32c(block, kind));
    parts.push(block, kind, crc);
    const handle = Buffer.concat([varint(offset), varint(block.length)]);
    offset += block.length + 5;
    return handle;
  };
  const rows = entries.map(([key, value]) => [key, Buffer.concat(value)] as const);
  const data = add(writeBlock(rows));
  const metaIndex = add(writeBlock([]));
  const index = add(writeBlock([[rows.at(-1)?.[0] ?? '', data]]));
  const footer = Buffer.alloc(48);
  footer.set(Buffer.concat([metaIndex, index]));
  footer.writeBigUInt64LE(TABLE_MAGIC, 40);
  return Buffer.concat([...parts, footer]);
}

/** A table block without shared key prefixes: every entry is a restart point. */
function writeBlock(rows: readonly (readonly [key: string, value: Uint8Array])[]): Uint8Array {
  const restarts: number[] = [];
  const parts: Uint8Array[] = [];
  let offset = 0;
  for (const [name, value] of rows) {
    const key = Buffer.from(name, 'utf8');
    restarts.push(offset);
    const entry = Buffer.concat([varint(0), varint(key.length), varint(value.length), key, value]);
    parts.push(entry);
    offset += entry.length;
  }
  const places = restarts.length > 0 ? restarts : [0];
  const tail = Buffer.alloc(4 * places.length + 4);
  for (const [position, place] of [...places, places.length].entries())
    tail.writeUInt32LE(place, 4 * position);
  return Buffer.concat([...parts, tail]);
}

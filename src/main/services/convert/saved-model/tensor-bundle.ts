// TensorFlow's checkpoint format (tensorflow/core/util/tensor_bundle/tensor_bundle.h, core/protobuf/tensor_bundle.proto): raw
// values in one file, and a table of where each tensor is, in LevelDB's format (leveldb doc/table_format.md).
import { maskedCrc32c } from '../read/bundle/crc32c';
import { numberOfDtype } from '../read/tensorflow/types';
import type { SourceTensor } from '../source';
import { shapeFields } from './graph-def';
import { fixed32, integer, joined, message, varint, type Pieces } from './wire';

const TABLE_MAGIC = 0xdb4775248b80fb57n;
const FOOTER_BYTES = 48;
const utf8 = new TextEncoder();

type Row = readonly [key: string, value: Uint8Array];

/**
 * Writes tensors by their keys, which are ASCII. Their values go to `write` one tensor at a time, in the order of the keys; the result
 * is the table.
 */
export function writeTensorBundle(
  tensors: ReadonlyMap<string, SourceTensor>,
  write: (bytes: Uint8Array) => void,
): Uint8Array {
  const rows: Row[] = [['', joined([...integer(1, 1), ...message(3, integer(1, 1))])]];
  let offset = 0;
  for (const key of [...tensors.keys()].sort()) {
    const { dtype, shape, data } = tensors.get(key) as SourceTensor;
    const raw = data.bytes();
    const entry: Pieces[] = [
      integer(1, numberOfDtype(dtype)),
      message(2, shapeFields(shape)),
      offset === 0 ? [] : integer(4, offset),
      integer(5, raw.byteLength),
      fixed32(6, maskedCrc32c(raw)),
    ];
    rows.push([key, joined(entry.flat())]);
    write(raw);
    offset += raw.byteLength;
  }
  return table(rows);
}

function table(rows: readonly Row[]): Uint8Array {
  const parts: Uint8Array[] = [];
  let offset = 0;
  const add = (content: Uint8Array): Uint8Array => {
    // A block is followed by its compression (none) and a checksum over both.
    const whole = new Uint8Array(content.byteLength + 5);
    whole.set(content);
    const checked = whole.subarray(0, content.byteLength + 1);
    new DataView(whole.buffer).setUint32(content.byteLength + 1, maskedCrc32c(checked), true);
    const handle = joined([varint(offset), varint(content.byteLength)]);
    parts.push(whole);
    offset += whole.byteLength;
    return handle;
  };
  const data = add(block(rows));
  const metaIndex = add(block([]));
  const index = add(block([[rows.at(-1)?.[0] ?? '', data]]));
  const footer = new Uint8Array(FOOTER_BYTES);
  footer.set(joined([metaIndex, index]));
  new DataView(footer.buffer).setBigUint64(FOOTER_BYTES - 8, TABLE_MAGIC, true);
  return joined([...parts, footer]);
}

/** A block without shared prefixes of keys: every entry is a restart point. */
function block(rows: readonly Row[]): Uint8Array {
  const restarts: number[] = [];
  const parts: Uint8Array[] = [];
  let offset = 0;
  for (const [name, value] of rows) {
    const key = utf8.encode(name);
    const row = joined([varint(0), varint(key.byteLength), varint(value.byteLength), key, value]);
    restarts.push(offset);
    parts.push(row);
    offset += row.byteLength;
  }
  const places = restarts.length > 0 ? restarts : [0];
  const tail = Uint32Array.from([...places, places.length]);
  return joined([...parts, new Uint8Array(tail.buffer)]);
}

// Writes Protocol Buffers messages field by field; encoding as in protobuf.dev/programming-guides/encoding.

/** One encoded field; a message is the concatenation of its fields. */
export type Field = Uint8Array;

const VARINT = 0;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

export function varint(value: number | bigint): Uint8Array {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  while (rest >= 0x80n) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  return Uint8Array.from([...bytes, Number(rest)]);
}

const tagged = (number: number, type: number, ...parts: Uint8Array[]): Field =>
  Buffer.concat([varint(number * 8 + type), ...parts]);

export const integer = (number: number, value: number | bigint): Field =>
  tagged(number, VARINT, varint(value));

export const bytes = (number: number, value: Uint8Array): Field =>
  tagged(number, LENGTH_DELIMITED, varint(value.byteLength), value);

export const text = (number: number, value: string): Field => bytes(number, Buffer.from(value, 'utf8'));

export const message = (number: number, fields: readonly Field[]): Field =>
  bytes(number, Buffer.concat(fields));

export function float(number: number, value: number): Field {
  const four = Buffer.alloc(4);
  four.writeFloatLE(value);
  return tagged(number, FIXED32, four);
}

export function fixed32(number: number, value: number): Field {
  const four = Buffer.alloc(4);
  four.writeUInt32LE(value);
  return tagged(number, FIXED32, four);
}

/** One entry of a map field: key 1, value 2. */
export const mapEntry = (number: number, key: string, value: readonly Field[]): Field =>
  message(number, [text(1, key), message(2, value)]);

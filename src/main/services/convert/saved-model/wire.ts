/** A protobuf message, or a part of one, as pieces that are put together once, at the end. */
export type Pieces = readonly Uint8Array[];

const VARINT = 0;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;
const utf8 = new TextEncoder();

/** A whole number as protobuf.dev/programming-guides/encoding has it; negative ones take ten bytes. */
export function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Uint8Array.from([...bytes, Number(rest)]);
}

export const sizeOf = (pieces: Pieces): number => pieces.reduce((sum, piece) => sum + piece.byteLength, 0);

/** All pieces one after the other, in one array. */
export function joined(pieces: Pieces): Uint8Array {
  const whole = new Uint8Array(sizeOf(pieces));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.byteLength;
  }
  return whole;
}

const tag = (field: number, type: number): Uint8Array => varint(field * 8 + type);

export const integer = (field: number, value: number): Pieces => [tag(field, VARINT), varint(value)];

export const bytes = (field: number, value: Uint8Array): Pieces => [
  tag(field, LENGTH_DELIMITED),
  varint(value.byteLength),
  value,
];

export const text = (field: number, value: string): Pieces => bytes(field, utf8.encode(value));

export const message = (field: number, ...parts: readonly Pieces[]): Pieces => {
  const content = parts.flat();
  return [tag(field, LENGTH_DELIMITED), varint(sizeOf(content)), ...content];
};

const four = (write: (view: DataView) => void): Uint8Array => {
  const view = new DataView(new ArrayBuffer(4));
  write(view);
  return new Uint8Array(view.buffer);
};

export const float = (field: number, value: number): Pieces => [
  tag(field, FIXED32),
  four((view) => view.setFloat32(0, value, true)),
];

export const fixed32 = (field: number, value: number): Pieces => [
  tag(field, FIXED32),
  four((view) => view.setUint32(0, value, true)),
];

/** One entry of a map field with texts as keys. */
export const entry = (field: number, key: string, ...value: readonly Pieces[]): Pieces =>
  message(field, text(1, key), message(2, ...value));

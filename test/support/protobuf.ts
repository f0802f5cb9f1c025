/** Protobuf's wire format, written: parts of messages that are put together by `message`. */
export type Part = Uint8Array;

const utf8 = new TextEncoder();

export function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Uint8Array.from([...bytes, Number(rest)]);
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

export const int = (field: number, value: number): Part => joined([varint(field * 8), varint(value)]);

export const bytes = (field: number, value: Uint8Array): Part =>
  joined([varint(field * 8 + 2), varint(value.length), value]);

export const text = (field: number, value: string): Part => bytes(field, utf8.encode(value));

export const message = (field: number, ...parts: readonly Part[]): Part => bytes(field, joined(parts));

export const fixed32 = (field: number, value: number): Part =>
  joined([varint(field * 8 + 5), new Uint8Array(Uint32Array.of(value).buffer)]);

/** An entry of a map with texts as keys. */
export const entry = (field: number, key: string, ...value: readonly Part[]): Part =>
  message(field, text(1, key), message(2, ...value));

/** Encodes Protocol Buffers messages field by field (https://protobuf.dev/programming-guides/encoding/). */
export class WireWriter {
  readonly #parts: Uint8Array[] = [];

  get bytes(): Uint8Array {
    return Buffer.concat(this.#parts);
  }

  varint(field: number, value: number): this {
    return this.#push(varint(field * 8), varint(value));
  }

  fixed32(field: number, value: number): this {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(value >>> 0);
    return this.#push(varint(field * 8 + 5), bytes);
  }

  float(field: number, value: number): this {
    const bytes = Buffer.alloc(4);
    bytes.writeFloatLE(value);
    return this.#push(varint(field * 8 + 5), bytes);
  }

  data(field: number, value: Uint8Array | string): this {
    const bytes = typeof value === 'string' ? Buffer.from(value) : value;
    return this.#push(varint(field * 8 + 2), varint(bytes.byteLength), bytes);
  }

  message(field: number, write: (message: WireWriter) => void): this {
    const message = new WireWriter();
    write(message);
    return this.data(field, message.bytes);
  }

  /** An entry of a map with text keys. */
  entry(field: number, key: string, write: (message: WireWriter) => void): this {
    return this.message(field, (entry) => entry.data(1, key).message(2, write));
  }

  #push(...parts: readonly Uint8Array[]): this {
    this.#parts.push(...parts);
    return this;
  }
}

export function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  // Negative numbers are written as 64 bits.
  for (let rest = BigInt.asUintN(64, BigInt(value)); ; rest >>= 7n) {
    const low = Number(rest & 0x7fn);
    if (rest < 0x80n) {
      bytes.push(low);
      return Uint8Array.from(bytes);
    }
    bytes.push(low | 0x80);
  }
}

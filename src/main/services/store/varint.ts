/** Growing bytes with variable-length unsigned integers up to 2^53, seven bits at a time, lowest first. */
export class VarintWriter {
  #bytes: Uint8Array;
  #length = 0;

  constructor(expected: number) {
    this.#bytes = new Uint8Array(Math.max(16, expected));
  }

  write(value: number): void {
    if (this.#length + 8 > this.#bytes.length) {
      const grown = new Uint8Array(this.#bytes.length * 2);
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    let rest = value;
    // Bit operations work on 32 bits only; larger values are divided down to them first.
    while (rest >= 0x80000000) {
      this.#bytes[this.#length++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    while (rest >= 128) {
      this.#bytes[this.#length++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    this.#bytes[this.#length++] = rest;
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }
}

/** Reads what VarintWriter wrote; undefined at the end, throws a RangeError on bytes that it cannot have written. */
export class VarintReader {
  readonly #bytes: Uint8Array;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  read(): number | undefined {
    if (this.#offset >= this.#bytes.length) return undefined;
    let value = 0;
    let weight = 1;
    for (let count = 0; count < 8; count += 1) {
      const byte = this.#bytes[this.#offset++];
      if (byte === undefined) throw new RangeError('a number is cut off');
      value += (byte & 127) * weight;
      if (byte < 128) return value;
      weight *= 128;
    }
    throw new RangeError('a number is longer than 53 bits');
  }
}

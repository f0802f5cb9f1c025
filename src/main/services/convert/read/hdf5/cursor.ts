import type { ByteSource } from '../byte-source';
import { damaged } from './damaged';

/** Reads little-endian fields one after the other from a block of bytes; refuses to run over its end. */
export class Cursor {
  readonly #view: DataView;
  readonly #bytes: Uint8Array;
  readonly #what: string;
  position = 0;

  constructor(bytes: Uint8Array, what: string) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#what = what;
  }

  static at(source: ByteSource, offset: number, length: number, what: string): Cursor {
    return new Cursor(source.read(offset, length), what);
  }

  get remaining(): number {
    return this.#bytes.byteLength - this.position;
  }

  u8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#advance(2), true);
  }

  u32(): number {
    return this.#view.getUint32(this.#advance(4), true);
  }

  /** An unsigned number of 1, 2, 4 or 8 bytes; all ones of 8 bytes ("undefined address") is Infinity. */
  uint(size: number): number {
    if (size === 1) return this.u8();
    if (size === 2) return this.u16();
    if (size === 4) {
      const value = this.u32();
      return value === 0xffffffff ? Infinity : value;
    }
    const value = this.#view.getBigUint64(this.#advance(8), true);
    if (value === 0xffffffffffffffffn) return Infinity;
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw damaged(this.#what, 'a number beyond 2^53');
    return Number(value);
  }

  bytes(length: number): Uint8Array {
    const start = this.#advance(length);
    return this.#bytes.subarray(start, start + length);
  }

  skip(length: number): void {
    this.#advance(length);
  }

  /** Goes on at the next multiple of `size`, counted from the start of the block. */
  align(size: number): void {
    const rest = this.position % size;
    if (rest !== 0) this.skip(Math.min(size - rest, this.remaining));
  }

  /** `length` bytes as UTF-8 text, without what follows a NUL. */
  text(length: number): string {
    return textOf(this.bytes(length));
  }

  expect(signature: string): void {
    if (this.text(signature.length) !== signature)
      throw damaged(this.#what, `no '${signature}' where one has to be`);
  }

  #advance(length: number): number {
    const start = this.position;
    if (!(length >= 0 && length <= this.remaining))
      throw damaged(this.#what, 'a field that runs over its block');
    this.position = start + length;
    return start;
  }
}

const UTF8 = new TextDecoder('utf-8');

/** Text up to the first NUL. */
export function textOf(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return UTF8.decode(end < 0 ? bytes : bytes.subarray(0, end));
}

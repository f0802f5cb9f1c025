import { AppError } from '@shared/error/app-error';

/** Nesting that a message may have; TensorFlow's own messages stay far below. */
const MAX_DEPTH = 100;

const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

/** Longer texts are decoded faster by the decoder. */
const SHORT_TEXT = 128;

const text = new TextDecoder();

/**
 * Walks one message of protobuf's wire format (protobuf.dev/programming-guides/encoding): `next()` moves to a field, then
 * exactly one of the readers or `skip()` takes its value. Nothing is copied. Anything malformed is an AppError
 * `model.unreadable` that says where: lengths beyond the message, group wire types, nesting deeper than 100.
 */
export class Wire {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #what: string;
  readonly #depth: number;
  readonly #end: number;
  #at: number;
  #type = 0;
  #low = 0;
  #high = 0;
  field = 0;

  private constructor(
    bytes: Uint8Array,
    view: DataView,
    what: string,
    start: number,
    end: number,
    depth: number,
  ) {
    this.#bytes = bytes;
    this.#view = view;
    this.#what = what;
    this.#at = start;
    this.#end = end;
    this.#depth = depth;
  }

  /** `what` names the file in messages. */
  static of(bytes: Uint8Array, what: string): Wire {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return new Wire(bytes, view, what, 0, bytes.byteLength, 0);
  }

  next(): boolean {
    if (this.#at === this.#end) return false;
    this.#varint();
    const tag = this.#unsigned();
    this.#type = tag & 7;
    this.field = Math.floor(tag / 8);
    if (this.field === 0 || this.field > 0x1fffffff) throw this.damaged('a field has no valid number');
    if (
      this.#type !== VARINT &&
      this.#type !== FIXED64 &&
      this.#type !== LENGTH_DELIMITED &&
      this.#type !== FIXED32
    )
      throw this.damaged(`a field has the unknown wire type ${this.#type}`);
    return true;
  }

  skip(): void {
    if (this.#type === VARINT) this.#varint();
    else this.#take(this.#type === FIXED64 ? 8 : this.#type === FIXED32 ? 4 : this.#length());
  }

  /** An int32, int64, enum: signed, exact up to 2^53. */
  int(): number {
    this.#expect(VARINT);
    this.#varint();
    return this.#signed();
  }

  uint(): number {
    this.#expect(VARINT);
    this.#varint();
    return this.#unsigned();
  }

  bool(): boolean {
    return this.uint() !== 0;
  }

  float(): number {
    this.#expect(FIXED32);
    return this.#view.getFloat32(this.#take(4), true);
  }

  fixed32(): number {
    this.#expect(FIXED32);
    return this.#view.getUint32(this.#take(4), true);
  }

  /** A view of the bytes, not a copy. */
  bytes(): Uint8Array {
    this.#expect(LENGTH_DELIMITED);
    const length = this.#length();
    const start = this.#at;
    this.#at += length;
    return this.#bytes.subarray(start, start + length);
  }

  string(): string {
    this.#expect(LENGTH_DELIMITED);
    const length = this.#length();
    const start = this.#at;
    this.#at += length;
    return this.#ascii(start, this.#at) ?? text.decode(this.#bytes.subarray(start, this.#at));
  }

  /** Names, which are most of a graph's bytes, are short and plain: decoding them here saves a call each. */
  #ascii(start: number, end: number): string | undefined {
    if (end - start > SHORT_TEXT) return undefined;
    let plain = '';
    for (let at = start; at < end; at++) {
      const code = this.#bytes[at] as number;
      if (code > 0x7f) return undefined;
      plain += String.fromCharCode(code);
    }
    return plain;
  }

  /** The embedded message, to be walked at any time. */
  message(): Wire {
    this.#expect(LENGTH_DELIMITED);
    if (this.#depth + 1 > MAX_DEPTH) throw this.damaged(`messages are nested deeper than ${MAX_DEPTH}`);
    const length = this.#length();
    const start = this.#at;
    this.#at += length;
    return new Wire(this.#bytes, this.#view, this.#what, start, start + length, this.#depth + 1);
  }

  /** The embedded message as a function that walks it anew at each call, so that it can be decoded later or twice. */
  reopen(): () => Wire {
    const message = this.message();
    return () => new Wire(this.#bytes, this.#view, this.#what, message.#at, message.#end, message.#depth);
  }

  /** A repeated varint field, packed or not: appends to `out`. */
  ints(out: number[]): void {
    if (this.#type === VARINT) out.push(this.int());
    else
      this.#packed(() => {
        this.#varint();
        out.push(this.#signed());
      });
  }

  int64s(out: bigint[]): void {
    const one = (): void => {
      this.#varint();
      out.push((BigInt(this.#high) << 32n) | BigInt(this.#low));
    };
    if (this.#type === VARINT) one();
    else this.#packed(one);
  }

  floats(out: number[]): void {
    if (this.#type === FIXED32) out.push(this.float());
    else this.#packed(() => out.push(this.#view.getFloat32(this.#take(4), true)));
  }

  doubles(out: number[]): void {
    const one = (): void => void out.push(this.#view.getFloat64(this.#take(8), true));
    if (this.#type === FIXED64) one();
    else this.#packed(one);
  }

  /** The error for something wrong at the present position. */
  damaged(why: string): AppError {
    return new AppError('model.unreadable', `${this.#what} is damaged at byte ${this.#at}: ${why}.`);
  }

  #packed(one: () => void): void {
    this.#expect(LENGTH_DELIMITED);
    const length = this.#length();
    const end = this.#at + length;
    while (this.#at < end) one();
    if (this.#at !== end) throw this.damaged('a packed list goes beyond its length');
  }

  #expect(type: number): void {
    if (this.#type !== type)
      throw this.damaged(`field ${this.field} has wire type ${this.#type} instead of ${type}`);
  }

  #take(count: number): number {
    const start = this.#at;
    if (count > this.#end - start) throw this.damaged('a value goes beyond the end of its message');
    this.#at += count;
    return start;
  }

  #length(): number {
    this.#varint();
    const length = this.#unsigned();
    if (length > this.#end - this.#at)
      throw this.damaged(`a length of ${length} bytes goes beyond the end of its message`);
    return length;
  }

  #varint(): void {
    let low = 0;
    let high = 0;
    for (let shift = 0; ; shift += 7) {
      if (shift > 63) throw this.damaged('a number has more than ten bytes');
      const byte = this.#bytes[this.#take(1)] as number;
      const bits = byte & 0x7f;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high = bits >>> 4;
      } else high |= bits << (shift - 32);
      if (byte < 0x80) break;
    }
    this.#low = low >>> 0;
    this.#high = high >>> 0;
  }

  #unsigned(): number {
    return this.#high * 2 ** 32 + this.#low;
  }

  #signed(): number {
    return (this.#high | 0) * 2 ** 32 + this.#low;
  }
}

import { AppError } from '@shared/error/app-error';

const MAX_DEPTH = 64;
const MAX_TABLES = 1_000_000;
/** Vectors may be shared, so a small file could ask for endless copies; an honest one stays far below. */
const MAX_DECODED_PER_BYTE = 16;
const DECODED_FLOOR = 1 << 20;

const NUMBER_BYTES = { int32: 4, float32: 4, int64: 8 } as const;
type NumberKind = keyof typeof NUMBER_BYTES;

/** Reads an untrusted flatbuffer: whatever is out of bounds, misaligned, too deep or too much is an AppError. */
export class FlatReader {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly #name: string;
  #tables = 0;
  #decoded = 0;

  /** `name` is what messages call the file. */
  constructor(bytes: Uint8Array, name: string) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#name = name;
  }

  root(): Table {
    this.check(0, 8, 4);
    return this.table(this.view.getUint32(0, true), 0);
  }

  refuse(what: string, offset?: number): never {
    throw new AppError(
      'model.unreadable',
      `${this.#name} is not a valid TFLite file: ${what}${offset === undefined ? '' : ` at byte ${offset}`}. It may be damaged; get it again.`,
      offset === undefined ? {} : { details: { offset } },
    );
  }

  /** Refuses a range that is not all inside of the file, or that starts misaligned. */
  check(offset: number, length: number, alignment: number): void {
    if (offset % alignment !== 0) this.refuse('a field is misaligned', offset);
    if (length > this.bytes.byteLength - offset) this.refuse('a field reaches beyond the end', offset);
  }

  table(offset: number, depth: number): Table {
    if (depth > MAX_DEPTH) this.refuse('tables are nested too deeply', offset);
    if (++this.#tables > MAX_TABLES) this.refuse('there are more than a million tables', offset);
    return new Table(this, offset, depth);
  }

  /** Where the offset stored at `slot` points to. */
  follow(slot: number): number {
    const target = slot + this.view.getUint32(slot, true);
    if (target === slot) this.refuse('an offset points to itself', slot);
    this.check(target, 4, 4);
    return target;
  }

  /** Length of the vector at `offset`, of which all elements are inside of the file. */
  vectorLength(offset: number, elementBytes: number): number {
    this.check(offset, 4, 4);
    const length = this.view.getUint32(offset, true);
    if (length * elementBytes > this.bytes.byteLength - offset - 4)
      this.refuse(`a list of ${length} elements reaches beyond the end`, offset);
    return length;
  }

  /** Accounts for what is copied out of the file. */
  spend(bytes: number, offset: number): void {
    this.#decoded += bytes;
    if (this.#decoded > DECODED_FLOOR + MAX_DECODED_PER_BYTE * this.bytes.byteLength)
      this.refuse('its lists overlap too often', offset);
  }
}

/** One table of the file; its vtable was checked. */
export class Table {
  readonly offset: number;
  readonly #reader: FlatReader;
  readonly #depth: number;
  readonly #vtable: number;
  readonly #slots: number;
  readonly #size: number;

  constructor(reader: FlatReader, offset: number, depth: number) {
    reader.check(offset, 4, 4);
    this.#reader = reader;
    this.offset = offset;
    this.#depth = depth;
    this.#vtable = offset - reader.view.getInt32(offset, true);
    if (this.#vtable < 0) reader.refuse('a table has its field list before the start of the file', offset);
    reader.check(this.#vtable, 4, 2);
    const vtableBytes = reader.view.getUint16(this.#vtable, true);
    this.#size = reader.view.getUint16(this.#vtable + 2, true);
    if (vtableBytes < 4 || vtableBytes % 2 !== 0) reader.refuse('a field list is malformed', this.#vtable);
    reader.check(this.#vtable, vtableBytes, 2);
    if (this.#size < 4) reader.refuse('a table is malformed', offset);
    reader.check(offset, this.#size, 4);
    this.#slots = (vtableBytes - 4) / 2;
  }

  /** Number of the last slot that the file stores, plus one. */
  get slots(): number {
    return this.#slots;
  }

  has(slot: number): boolean {
    return slot < this.#slots && this.#reader.view.getUint16(this.#vtable + 4 + 2 * slot, true) !== 0;
  }

  int8(slot: number, fallback = 0): number {
    const at = this.#field(slot, 1);
    return at === undefined ? fallback : this.#reader.view.getInt8(at);
  }

  uint8(slot: number, fallback = 0): number {
    const at = this.#field(slot, 1);
    return at === undefined ? fallback : this.#reader.view.getUint8(at);
  }

  int32(slot: number, fallback = 0): number {
    const at = this.#field(slot, 4);
    return at === undefined ? fallback : this.#reader.view.getInt32(at, true);
  }

  uint32(slot: number, fallback = 0): number {
    const at = this.#field(slot, 4);
    return at === undefined ? fallback : this.#reader.view.getUint32(at, true);
  }

  float32(slot: number, fallback = 0): number {
    const at = this.#field(slot, 4);
    return at === undefined ? fallback : this.#reader.view.getFloat32(at, true);
  }

  /** A 64-bit integer as a number; one that a number cannot hold is refused. */
  int64(slot: number, fallback = 0): number {
    const at = this.#field(slot, 8);
    return at === undefined ? fallback : this.#safe(this.#reader.view.getBigInt64(at, true), at);
  }

  table(slot: number): Table | undefined {
    const at = this.#field(slot, 4);
    return at === undefined ? undefined : this.#reader.table(this.#reader.follow(at), this.#depth + 1);
  }

  tables(slot: number): Table[] {
    const at = this.#field(slot, 4);
    if (at === undefined) return [];
    const start = this.#reader.follow(at);
    const length = this.#reader.vectorLength(start, 4);
    this.#reader.spend(4 * length, start);
    return Array.from({ length }, (_, i) =>
      this.#reader.table(this.#reader.follow(start + 4 + 4 * i), this.#depth + 1),
    );
  }

  string(slot: number): string | undefined {
    const at = this.#field(slot, 4);
    if (at === undefined) return undefined;
    const start = this.#reader.follow(at);
    const length = this.#reader.vectorLength(start, 1);
    this.#reader.check(start, 4 + length + 1, 4);
    if (this.#reader.bytes[start + 4 + length] !== 0) this.#reader.refuse('a text does not end', start);
    this.#reader.spend(length, start);
    return new TextDecoder().decode(this.#reader.bytes.subarray(start + 4, start + 4 + length));
  }

  /** A list of numbers; undefined when the field is absent. */
  numbers(slot: number, kind: NumberKind): number[] | undefined {
    const at = this.#field(slot, 4);
    if (at === undefined) return undefined;
    const start = this.#reader.follow(at);
    const size = NUMBER_BYTES[kind];
    const length = this.#reader.vectorLength(start, size);
    this.#reader.check(start + 4, 0, size);
    this.#reader.spend(size * length, start);
    const { view } = this.#reader;
    return Array.from({ length }, (_, i) => {
      const position = start + 4 + size * i;
      if (kind === 'int32') return view.getInt32(position, true);
      if (kind === 'float32') return view.getFloat32(position, true);
      return this.#safe(view.getBigInt64(position, true), position);
    });
  }

  /** A view of a list of bytes, not a copy. */
  byteVector(slot: number): Uint8Array | undefined {
    const at = this.#field(slot, 4);
    if (at === undefined) return undefined;
    const start = this.#reader.follow(at);
    const length = this.#reader.vectorLength(start, 1);
    return this.#reader.bytes.subarray(start + 4, start + 4 + length);
  }

  #field(slot: number, bytes: number): number | undefined {
    if (slot >= this.#slots) return undefined;
    const offset = this.#reader.view.getUint16(this.#vtable + 4 + 2 * slot, true);
    if (offset === 0) return undefined;
    if (offset < 4 || offset + bytes > this.#size)
      this.#reader.refuse('a field is outside of its table', this.offset);
    this.#reader.check(this.offset + offset, bytes, bytes);
    return this.offset + offset;
  }

  #safe(value: bigint, offset: number): number {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : this.#reader.refuse('a number is too large', offset);
  }
}

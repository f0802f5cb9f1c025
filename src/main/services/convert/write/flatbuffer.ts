/** A scalar stored in a table itself. A field equal to its schema default is to be left out by the caller. */
export interface Scalar {
  readonly kind: 'int8' | 'uint8' | 'bool' | 'int32' | 'uint32' | 'float32' | 'int64';
  readonly value: number;
}

/** What an offset points to. Nodes with the same `key` are written once. */
export type Node =
  | { readonly kind: 'table'; readonly fields: readonly (Field | undefined)[]; readonly key?: string }
  | { readonly kind: 'tables'; readonly items: readonly Node[] }
  | { readonly kind: 'string'; readonly text: string }
  | {
      readonly kind: 'numbers';
      readonly type: 'int32' | 'float32' | 'int64' | 'uint8';
      readonly values: ArrayLike<number>;
    }
  /** Bytes behind the header, by index; where they are is told to `Header.place`. */
  | { readonly kind: 'data'; readonly index: number };

export type Field = Scalar | Node;

const SCALAR_BYTES: Record<Scalar['kind'], number> = {
  int8: 1,
  uint8: 1,
  bool: 1,
  int32: 4,
  uint32: 4,
  float32: 4,
  int64: 8,
};

const isScalar = (field: Field): field is Scalar => field.kind in SCALAR_BYTES;
const sizeOf = (field: Field): number => (isScalar(field) ? SCALAR_BYTES[field.kind] : 4);

/** Number vectors up to this length are compared with others, to be shared. */
const SHARED_NUMBERS = 256;

/**
 * Lays a flatbuffer out front to back: tables first, then what several of them may share (offsets only point forward),
 * so that whatever is large can follow and be streamed. Identical strings, short vectors, option tables and vtables are
 * written once. Layout rules: https://flatbuffers.dev/internals
 */
export class Header {
  #bytes = new Uint8Array(1 << 14);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;
  readonly #vtables = new Map<string, number>();
  readonly #pending: { slot: number; node: Node }[] = [];
  readonly #sharedTables = new Map<string, { node: Node; slots: number[] }>();
  readonly #leaves = new Map<string, { node: Node; slots: number[] }>();
  readonly #dataSlots: { slot: number; index: number }[] = [];

  constructor(root: Node, identifier: string) {
    this.#grow(8);
    this.#refer(0, root);
    for (let i = 0; i < 4; i++) this.#bytes[4 + i] = identifier.charCodeAt(i);
    this.#writePending();
    this.#writeShared(this.#sharedTables);
    this.#writePending();
    this.#writeShared(this.#leaves);
  }

  get byteLength(): number {
    return this.#length;
  }

  /** Fills in where the data is (position of its length prefix, from the start of the file) and returns the bytes. */
  place(positions: ArrayLike<number>): Uint8Array {
    for (const { slot, index } of this.#dataSlots) this.#patch(slot, positions[index] as number);
    return this.#bytes.subarray(0, this.#length);
  }

  #grow(count: number): number {
    const start = this.#length;
    this.#length += count;
    if (this.#length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#length, this.#bytes.length * 2));
      larger.set(this.#bytes);
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    return start;
  }

  /** Pads so that the position plus `ahead` is a multiple of `alignment`. */
  #align(alignment: number, ahead = 0): void {
    this.#grow((alignment - ((this.#length + ahead) % alignment)) % alignment);
  }

  #patch(slot: number, position: number): void {
    this.#view.setUint32(slot, position - slot, true);
  }

  #refer(slot: number, node: Node): void {
    if (node.kind === 'data') this.#dataSlots.push({ slot, index: node.index });
    else if (node.kind === 'table' && node.key !== undefined)
      share(this.#sharedTables, `t${node.key}`, node, slot);
    else {
      const key = leafKey(node);
      if (key === undefined) this.#pending.push({ slot, node });
      else share(this.#leaves, key, node, slot);
    }
  }

  #writePending(): void {
    // A queue that grows while it is walked.
    for (const { slot, node } of this.#pending) this.#patch(slot, this.#write(node));
    this.#pending.length = 0;
  }

  #writeShared(pool: ReadonlyMap<string, { node: Node; slots: number[] }>): void {
    for (const { node, slots } of pool.values()) {
      const position = this.#write(node);
      for (const slot of slots) this.#patch(slot, position);
    }
  }

  #write(node: Node): number {
    switch (node.kind) {
      case 'table':
        return this.#writeTable(node.fields);
      case 'tables':
        return this.#writeTables(node.items);
      case 'string':
        return this.#writeString(node.text);
      case 'numbers':
        return this.#writeNumbers(node.type, node.values);
      case 'data':
        throw new Error('data is placed, not written');
    }
  }

  #writeTable(fields: readonly (Field | undefined)[]): number {
    // Larger fields first, so that none needs padding before it; the table itself starts with the vtable's offset.
    const present = fields
      .map((field, slot) => ({ field, slot }))
      .filter((entry): entry is { field: Field; slot: number } => entry.field !== undefined)
      .sort((a, b) => sizeOf(b.field) - sizeOf(a.field) || a.slot - b.slot);
    const offsets: number[] = Array.from({
      length: present.reduce((n, { slot }) => Math.max(n, slot + 1), 0),
    });
    offsets.fill(0);
    let size = 4;
    for (const { field, slot } of present) {
      offsets[slot] = size;
      size += sizeOf(field);
    }
    const wide = present[0] !== undefined && sizeOf(present[0].field) === 8;
    const vtable = this.#vtable([4 + 2 * offsets.length, size, ...offsets]);
    this.#align(wide ? 8 : 4, 4);
    const start = this.#grow(size);
    this.#view.setInt32(start, start - vtable, true);
    for (const { field, slot } of present) {
      const position = start + (offsets[slot] as number);
      if (isScalar(field)) this.#setScalar(position, field);
      else this.#refer(position, field);
    }
    return start;
  }

  #vtable(shorts: readonly number[]): number {
    const key = shorts.join(',');
    const known = this.#vtables.get(key);
    if (known !== undefined) return known;
    this.#align(2);
    const start = this.#grow(shorts.length * 2);
    shorts.forEach((value, i) => this.#view.setUint16(start + 2 * i, value, true));
    this.#vtables.set(key, start);
    return start;
  }

  #setScalar(position: number, { kind, value }: Scalar): void {
    if (kind === 'int64') this.#view.setBigInt64(position, BigInt(value), true);
    else if (kind === 'float32') this.#view.setFloat32(position, value, true);
    else if (kind === 'int32') this.#view.setInt32(position, value, true);
    else if (kind === 'uint32') this.#view.setUint32(position, value, true);
    else if (kind === 'int8') this.#view.setInt8(position, value);
    else this.#view.setUint8(position, value);
  }

  #writeTables(items: readonly Node[]): number {
    this.#align(4);
    const start = this.#grow(4 + 4 * items.length);
    this.#view.setUint32(start, items.length, true);
    items.forEach((item, i) => this.#refer(start + 4 + 4 * i, item));
    return start;
  }

  #writeString(text: string): number {
    const bytes = new TextEncoder().encode(text);
    this.#align(4);
    const start = this.#grow(4 + bytes.length + 1);
    this.#view.setUint32(start, bytes.length, true);
    this.#bytes.set(bytes, start + 4);
    return start;
  }

  #writeNumbers(type: 'int32' | 'float32' | 'int64' | 'uint8', values: ArrayLike<number>): number {
    const size = SCALAR_BYTES[type];
    this.#align(4);
    if (size === 8) this.#align(8, 4);
    const start = this.#grow(4 + size * values.length);
    this.#view.setUint32(start, values.length, true);
    for (let i = 0; i < values.length; i++)
      this.#setScalar(start + 4 + size * i, { kind: type, value: values[i] as number });
    return start;
  }
}

function share(
  pool: Map<string, { node: Node; slots: number[] }>,
  key: string,
  node: Node,
  slot: number,
): void {
  const known = pool.get(key);
  if (known) known.slots.push(slot);
  else pool.set(key, { node, slots: [slot] });
}

/** Text that is the same for leaves with the same content; undefined for what is not shared. */
function leafKey(node: Node): string | undefined {
  if (node.kind === 'string') return `s${node.text}`;
  if (node.kind === 'numbers')
    return node.values.length > SHARED_NUMBERS
      ? undefined
      : `${node.type}:${Array.from(node.values, floatText).join(',')}`;
  if (node.kind !== 'table') return undefined;
  let key = 'f';
  for (const field of node.fields) {
    if (field && !isScalar(field)) return undefined;
    key += field ? `${field.kind}:${floatText(field.value)};` : ';';
  }
  return key;
}

// 0 and -0 are different floats with the same text.
const floatText = (value: number): string => (Object.is(value, -0) ? '-0' : String(value));

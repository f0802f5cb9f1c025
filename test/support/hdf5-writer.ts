import { deflateSync } from 'node:zlib';

/** What a test wants in an HDF5 file. Written in the oldest form: superblock 0, symbol tables, object headers of version 1. */
export type Hdf5Node =
  | { kind: 'group'; entries: Record<string, Hdf5Node>; texts?: Record<string, readonly string[]> }
  | {
      kind: 'dataset';
      shape: readonly number[];
      values: Float32Array;
      chunk?: readonly number[];
      gzip?: boolean;
    }
  /** Header messages as they are, for broken and hostile objects: [type, bytes]. */
  | { kind: 'raw'; messages: readonly (readonly [number, Uint8Array])[] }
  | { kind: 'soft' }
  /** Points to an address: 'root' makes a cycle. */
  | { kind: 'hard'; to: 'root' };

export const group = (
  entries: Record<string, Hdf5Node>,
  texts?: Record<string, readonly string[]>,
): Hdf5Node => (texts ? { kind: 'group', entries, texts } : { kind: 'group', entries });

export const dataset = (shape: readonly number[], values: readonly number[]): Hdf5Node => ({
  kind: 'dataset',
  shape,
  values: Float32Array.from(values),
});

type Field = readonly [bytes: 1 | 2 | 4 | 8, value: number] | Uint8Array;

/** Numbers and blocks one behind the other, little-endian; -1 in 8 bytes is "undefined address". */
export function fields(...list: readonly Field[]): Uint8Array {
  const parts = list.map((field) => {
    if (field instanceof Uint8Array) return field;
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(BigInt(field[1]));
    return bytes.subarray(0, field[0]);
  });
  return Uint8Array.from(Buffer.concat(parts));
}

const padded = (bytes: Uint8Array): Uint8Array => {
  const result = new Uint8Array(Math.ceil(bytes.length / 8) * 8);
  result.set(bytes);
  return result;
};
const text = (value: string): Uint8Array => Uint8Array.from(Buffer.from(`${value}\0`));

/** Message of an IEEE float of 4 bytes, and of a shape. */
export const floatType = fields(
  [1, 0x11],
  [1, 0x20],
  [1, 31],
  [1, 0],
  [4, 4],
  [2, 0],
  [2, 32],
  [1, 23],
  [1, 8],
  [1, 0],
  [1, 23],
  [4, 127],
);
export const space = (shape: readonly number[]): Uint8Array =>
  fields([1, 1], [1, shape.length], [1, 0], [1, 0], [4, 0], ...shape.map((n) => [8, n] as const));

class Writer {
  readonly #parts: { at: number; bytes: Uint8Array }[] = [];
  #end = 96;
  #root = 0;

  place(bytes: Uint8Array): number {
    const at = this.#end;
    this.#parts.push({ at, bytes });
    this.#end += padded(bytes).length;
    return at;
  }

  file(root: Hdf5Node): Uint8Array {
    // The root's header is reserved first, so that entries can point to it.
    this.#root = this.#end;
    this.#end += 4096;
    const header = this.#object(root);
    const bytes = new Uint8Array(this.#end);
    for (const part of this.#parts) bytes.set(part.bytes, part.at);
    bytes.set(header, this.#root);
    bytes.set(
      fields(
        [4, 0x46444889],
        [4, 0x0a1a0a0d],
        [4, 0],
        [1, 0],
        [1, 8],
        [1, 8],
        [1, 0],
        [2, 4],
        [2, 16],
        [4, 0],
      ),
    );
    bytes.set(fields([8, 0], [8, -1], [8, this.#end], [8, -1], [8, 0], [8, this.#root], [4, 0], [4, 0]), 24);
    return bytes;
  }

  #object(node: Hdf5Node): Uint8Array {
    if (node.kind === 'group')
      return header([[0x11, this.#symbolTable(node.entries)], ...attributes(node.texts ?? {})]);
    if (node.kind === 'dataset') return header(this.#dataset(node));
    if (node.kind === 'raw') return header(node.messages);
    throw new Error('a link has no object');
  }

  #symbolTable(entries: Record<string, Hdf5Node>): Uint8Array {
    const names = Object.keys(entries).sort();
    const offsets: number[] = [];
    let heap = new Uint8Array(8);
    for (const name of names) {
      offsets.push(heap.length);
      heap = Uint8Array.from([...heap, ...padded(text(name))]);
    }
    const data = this.place(heap);
    const heapAddress = this.place(fields([4, 0x50414548], [4, 0], [8, heap.length], [8, -1], [8, data]));
    const rows = names.map((name, i) => this.#entry(entries[name] as Hdf5Node, offsets[i] ?? 0));
    const node = this.place(fields([4, 0x444f4e53], [1, 1], [1, 0], [2, names.length], ...rows));
    const children =
      names.length === 0
        ? []
        : ([
            [8, 0],
            [8, node],
            [8, 0],
          ] as const);
    const tree = fields(
      [4, 0x45455254],
      [1, 0],
      [1, 0],
      [2, names.length === 0 ? 0 : 1],
      [8, -1],
      [8, -1],
      ...children,
    );
    return fields([8, this.place(tree)], [8, heapAddress]);
  }

  #entry(node: Hdf5Node, nameOffset: number): Uint8Array {
    if (node.kind === 'soft') return fields([8, nameOffset], [8, 0], [4, 2], [4, 0], [8, 0], [8, 0]);
    const address = node.kind === 'hard' ? this.#root : this.place(this.#object(node));
    return fields([8, nameOffset], [8, address], [4, 0], [4, 0], [8, 0], [8, 0]);
  }

  #dataset(node: Extract<Hdf5Node, { kind: 'dataset' }>): [number, Uint8Array][] {
    const bytes = new Uint8Array(node.values.buffer);
    const base: [number, Uint8Array][] = [
      [0x01, space(node.shape)],
      [0x03, floatType],
    ];
    if (!node.chunk)
      return [...base, [0x08, fields([1, 3], [1, 1], [8, this.place(bytes)], [8, bytes.length])]];
    // One chunk holds everything.
    const stored = node.gzip ? Uint8Array.from(deflateSync(bytes)) : bytes;
    const at = this.place(stored);
    const origin = node.shape.map(() => [8, 0] as const);
    const tree = this.place(
      fields(
        [4, 0x45455254],
        [1, 1],
        [1, 0],
        [2, 1],
        [8, -1],
        [8, -1],
        [4, stored.length],
        [4, 0],
        ...origin,
        [8, 0],
        [8, at],
      ),
    );
    const layout = fields(
      [1, 3],
      [1, 2],
      [1, node.shape.length + 1],
      [8, tree],
      ...node.chunk.map((n) => [4, n] as const),
      [4, 4],
    );
    return [...base, [0x08, layout], ...(node.gzip ? [[0x0b, gzipPipeline] as [number, Uint8Array]] : [])];
  }
}

export const pipeline = (filter: number): Uint8Array =>
  fields([1, 1], [1, 1], [2, 0], [4, 0], [2, filter], [2, 0], [2, 0], [2, 1], [4, 6], [4, 0]);
const gzipPipeline = pipeline(1);

function header(messages: readonly (readonly [number, Uint8Array])[]): Uint8Array {
  const body = messages.flatMap(([type, bytes]) => {
    const data = padded(bytes);
    return [fields([2, type], [2, data.length], [4, 0]), data];
  });
  const size = body.reduce((sum, part) => sum + part.length, 0);
  return fields([1, 1], [1, 0], [2, messages.length], [4, 1], [4, size], [4, 0], ...body);
}

function attributes(texts: Record<string, readonly string[]>): [number, Uint8Array][] {
  return Object.entries(texts).map(([name, values]) => {
    const width = Math.max(1, ...values.map((value) => Buffer.byteLength(value)));
    const data = Buffer.alloc(width * values.length);
    values.forEach((value, i) => data.write(value, i * width));
    const type = fields([1, 0x13], [1, 1], [2, 0], [4, width]);
    const shape = space(values.length === 1 ? [] : [values.length]);
    const title = text(name);
    const head = fields([1, 1], [1, 0], [2, title.length], [2, type.length], [2, shape.length]);
    return [0x0c, fields(head, padded(title), padded(type), padded(shape), Uint8Array.from(data))];
  });
}

/** An HDF5 file with this root group, which may be as broken as the test wants. */
export const hdf5File = (root: Hdf5Node): Uint8Array => new Writer().file(root);

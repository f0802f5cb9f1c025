import { Cursor } from './cursor';
import { damaged } from './damaged';
import { type Filter, unpackChunk } from './filters';
import { type Hdf5File, LIMITS } from './format';
import type { Layout } from './layout';

interface Chunk {
  readonly address: number;
  readonly size: number;
  readonly mask: number;
  readonly offset: readonly number[];
}

type ChunkedLayout = Extract<Layout, { kind: 'chunked' }>;

/** Puts a chunked data set together, C order. A chunk that is missing, twice there or cut off is refused. */
export function readChunked(
  file: Hdf5File,
  layout: ChunkedLayout,
  filters: readonly Filter[],
  shape: readonly number[],
  elementBytes: number,
  path: string,
): Uint8Array {
  const chunkBytes = layout.chunk.reduce((a, b) => a * b, elementBytes);
  const total = shape.reduce((a, b) => a * b, elementBytes);
  checkGrid(file, layout, shape, chunkBytes, path);
  const counts = shape.map((n, i) => Math.ceil(n / (layout.chunk[i] as number)));
  const expected = counts.reduce((a, b) => a * b, 1);
  const chunks = listChunks(file, layout, counts, chunkBytes, path);
  if (chunks.length !== expected) throw damaged(path, `${chunks.length} chunks instead of ${expected}`);
  const seen = new Set<string>();
  const result = new Uint8Array(total);
  for (const chunk of chunks) {
    checkPlace(chunk, layout, shape, seen, path);
    const packed = file.source.read(chunk.address, chunk.size);
    const bytes = unpackChunk(packed, filters, chunk.mask, chunkBytes, path);
    place(result, shape, bytes, layout.chunk, chunk.offset, elementBytes);
  }
  return result;
}

/** Deflate shrinks to no less than 1/1032, so more than that is claimed by no honest file. */
function checkGrid(
  file: Hdf5File,
  layout: ChunkedLayout,
  shape: readonly number[],
  chunkBytes: number,
  path: string,
): void {
  const { chunk } = layout;
  if (chunk.length !== shape.length || chunk.some((n) => !(n > 0)))
    throw damaged(path, `chunks of [${chunk.join(', ')}]`);
  if (!(chunkBytes <= Math.min(LIMITS.datasetBytes, 1032 * file.source.size)))
    throw damaged(path, `chunks of [${chunk.join(', ')}], more than the file can hold`);
}

function listChunks(
  file: Hdf5File,
  layout: ChunkedLayout,
  counts: readonly number[],
  chunkBytes: number,
  path: string,
): Chunk[] {
  const origin = layout.chunk.map(() => 0);
  if (layout.index === 'btree1') return chunksOfTree(file, layout.address, layout.chunk.length, path);
  if (layout.index === 'single') {
    const { size, mask } = layout.filtered ?? { size: chunkBytes, mask: 0 };
    return [{ address: layout.address, size, mask, offset: origin }];
  }
  const chunks: Chunk[] = [];
  const place = [...origin];
  const total = counts.reduce((a, b) => a * b, 1);
  if (!(total * chunkBytes <= file.source.size)) throw damaged(path, 'more chunks than the file can hold');
  for (let i = 0; i < total; i++) {
    const offset = place.map((n, axis) => n * (layout.chunk[axis] as number));
    chunks.push({ address: layout.address + i * chunkBytes, size: chunkBytes, mask: 0, offset });
    for (let axis = place.length - 1; axis >= 0; axis--) {
      place[axis] = (place[axis] as number) + 1;
      if ((place[axis] as number) < (counts[axis] as number)) break;
      place[axis] = 0;
    }
  }
  return chunks;
}

function chunksOfTree(file: Hdf5File, root: number, rank: number, path: string): Chunk[] {
  const chunks: Chunk[] = [];
  const keyBytes = 8 + 8 * (rank + 1);
  const headBytes = 8 + 2 * file.offsetSize;
  const open: { address: number; level: number | undefined }[] = [{ address: root, level: undefined }];
  for (let node = open.pop(); node; node = open.pop()) {
    const head = Cursor.at(file.source, node.address, headBytes, path);
    head.expect('TREE');
    if (head.u8() !== 1) throw damaged(path, 'a tree of another kind than a data set has');
    const level = head.u8();
    const wrong = node.level === undefined ? level > LIMITS.treeDepth : level !== node.level;
    if (wrong) throw damaged(path, 'a tree whose levels do not fit');
    const count = head.u16();
    const body = Cursor.at(file.source, node.address + headBytes, count * (keyBytes + file.offsetSize), path);
    for (let i = 0; i < count; i++) {
      const size = body.u32();
      const mask = body.u32();
      const offset = Array.from({ length: rank }, () => body.uint(8));
      body.skip(8);
      const address = body.uint(file.offsetSize);
      if (level === 0) chunks.push({ address, size, mask, offset });
      else open.push({ address, level: level - 1 });
    }
    if (chunks.length + open.length > LIMITS.groupEntries) throw damaged(path, 'too many chunks');
  }
  return chunks;
}

function checkPlace(
  chunk: Chunk,
  layout: ChunkedLayout,
  shape: readonly number[],
  seen: Set<string>,
  path: string,
): void {
  const fits = chunk.offset.every(
    (at, i) => at % (layout.chunk[i] as number) === 0 && at < (shape[i] as number),
  );
  const key = chunk.offset.join();
  if (!fits || seen.has(key)) throw damaged(path, `a chunk out of place at [${chunk.offset.join(', ')}]`);
  seen.add(key);
}

function place(
  target: Uint8Array,
  shape: readonly number[],
  chunk: Uint8Array,
  chunkShape: readonly number[],
  offset: readonly number[],
  elementBytes: number,
): void {
  const copy = (axis: number, from: number, to: number): void => {
    const extent = Math.min(chunkShape[axis] as number, (shape[axis] as number) - (offset[axis] as number));
    const inner = (dims: readonly number[]): number =>
      dims.slice(axis + 1).reduce((a, b) => a * b, elementBytes);
    const start = to + (offset[axis] as number) * inner(shape);
    if (axis === shape.length - 1) target.set(chunk.subarray(from, from + extent * elementBytes), start);
    else
      for (let i = 0; i < extent; i++) copy(axis + 1, from + i * inner(chunkShape), start + i * inner(shape));
  };
  copy(0, 0, 0);
}

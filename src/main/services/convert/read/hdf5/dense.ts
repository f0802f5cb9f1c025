import { Cursor } from './cursor';
import { openFractalHeap } from './fractal-heap';
import type { Hdf5File } from './format';
import { readTreeV2 } from './tree-v2';

/** Link messages of a group that keeps them in a fractal heap (link info message, IV.A.2.c). */
export function* readDenseLinks(file: Hdf5File, message: Uint8Array, path: string): Generator<Uint8Array> {
  const cursor = new Cursor(message, path);
  cursor.skip(1);
  if (cursor.u8() & 1) cursor.skip(8);
  yield* heapObjects(file, cursor, path, (record) => record.skip(4), 7);
}

/** Attribute messages kept in a fractal heap (attribute info message, IV.A.2.v). */
export function* readDenseAttributes(
  file: Hdf5File,
  message: Uint8Array,
  path: string,
): Generator<Uint8Array> {
  const cursor = new Cursor(message, path);
  cursor.skip(1);
  if (cursor.u8() & 1) cursor.skip(2);
  yield* heapObjects(file, cursor, path, () => {}, 8);
}

/** The tree by name lists every object's place in the heap (7 bytes for links, 8 for attributes). */
function* heapObjects(
  file: Hdf5File,
  cursor: Cursor,
  path: string,
  toId: (record: Cursor) => void,
  idBytes: number,
): Generator<Uint8Array> {
  const heapAddress = cursor.uint(file.offsetSize);
  const treeAddress = cursor.uint(file.offsetSize);
  if (heapAddress === Infinity || treeAddress === Infinity) return;
  const heap = openFractalHeap(file, heapAddress, path);
  for (const bytes of readTreeV2(file, treeAddress, path)) {
    const record = new Cursor(bytes, path);
    toId(record);
    yield heap.object(record.bytes(idBytes));
  }
}

import { Cursor } from './cursor';
import { damaged, refused } from './damaged';
import { type Hdf5File, LIMITS } from './format';

interface Heap {
  readonly file: Hdf5File;
  readonly path: string;
  readonly width: number;
  readonly startBytes: number;
  readonly maxDirectBytes: number;
  readonly offsetBytes: number;
  readonly lengthBytes: number;
  readonly checksummed: boolean;
  readonly root: number;
  readonly rootRows: number;
}

/** Opens a fractal heap (III.G). Objects kept outside of its blocks (huge) or filtered blocks are refused. */
export function openFractalHeap(
  file: Hdf5File,
  address: number,
  path: string,
): { object(id: Uint8Array): Uint8Array } {
  const heap = readHeader(file, address, path);
  return { object: (id) => readObject(heap, id) };
}

function readHeader(file: Hdf5File, address: number, path: string): Heap {
  const { offsetSize, lengthSize } = file;
  const cursor = Cursor.at(file.source, address, 26 + 3 * offsetSize + 12 * lengthSize, path);
  cursor.expect('FRHP');
  cursor.skip(1 + 2);
  const filterBytes = cursor.u16();
  if (filterBytes !== 0) throw refused(path, 'a compressed group');
  const flags = cursor.u8();
  const maxManaged = cursor.u32();
  cursor.skip(lengthSize + offsetSize + lengthSize + offsetSize); // huge objects, free space
  cursor.skip(8 * lengthSize); // sizes and counts of managed, huge and tiny objects
  const width = cursor.u16();
  const startBytes = cursor.uint(lengthSize);
  const maxDirectBytes = cursor.uint(lengthSize);
  const maxHeapBits = cursor.u16();
  cursor.skip(2);
  const root = cursor.uint(offsetSize);
  const rootRows = cursor.u16();
  if (width === 0 || !(startBytes > 0) || maxHeapBits > 64 || !(maxDirectBytes <= LIMITS.headerBytes))
    throw damaged(path, 'a heap with impossible sizes');
  const offsetBytes = Math.ceil(maxHeapBits / 8);
  const lengthBytes = Math.ceil(Math.log2(Math.min(maxDirectBytes, maxManaged) + 1) / 8);
  const checksummed = (flags & 2) !== 0;
  return {
    file,
    path,
    width,
    startBytes,
    maxDirectBytes,
    offsetBytes,
    lengthBytes,
    checksummed,
    root,
    rootRows,
  };
}

function readObject(heap: Heap, id: Uint8Array): Uint8Array {
  const kind = ((id[0] ?? 0) >> 4) & 3;
  if (kind === 2) return id.subarray(1, 2 + ((id[0] ?? 0) & 0x0f));
  if (kind !== 0) throw refused(heap.path, 'an attribute or link of more than 64 KiB');
  const cursor = new Cursor(id, heap.path);
  cursor.skip(1);
  const offset = readWidth(cursor, heap.offsetBytes);
  const length = readWidth(cursor, heap.lengthBytes);
  const block = findBlock(heap, offset);
  if (offset - block.start + length > block.size)
    throw damaged(heap.path, 'an entry that runs over its block');
  return heap.file.source.read(block.address + (offset - block.start), length);
}

interface DirectBlock {
  readonly address: number;
  /** Place in the heap's own address space. */
  readonly start: number;
  readonly size: number;
}

const rowBytes = (heap: Heap, row: number): number => heap.startBytes * 2 ** Math.max(0, row - 1);

function findBlock(heap: Heap, offset: number): DirectBlock {
  let address = heap.root;
  let start = 0;
  let rows = heap.rootRows;
  if (rows === 0) return { address, start, size: heap.startBytes };
  for (let depth = 0; depth < LIMITS.treeDepth; depth++) {
    const { row, column, rowStart } = locate(heap, offset - start, rows);
    const size = rowBytes(heap, row);
    const head = 5 + heap.file.offsetSize + heap.offsetBytes;
    const entry = address + head + (row * heap.width + column) * heap.file.offsetSize;
    Cursor.at(heap.file.source, address, 4, heap.path).expect('FHIB');
    const child = Cursor.at(heap.file.source, entry, heap.file.offsetSize, heap.path).uint(
      heap.file.offsetSize,
    );
    const childStart = start + rowStart + column * size;
    if (size <= heap.maxDirectBytes) return { address: child, start: childStart, size };
    address = child;
    start = childStart;
    rows = Math.log2(size / (heap.startBytes * heap.width)) + 1;
  }
  throw damaged(heap.path, 'a heap that is too deep');
}

function locate(heap: Heap, offset: number, rows: number): { row: number; column: number; rowStart: number } {
  let rowStart = 0;
  for (let row = 0; row < rows; row++) {
    const size = rowBytes(heap, row);
    if (offset < rowStart + size * heap.width)
      return { row, column: Math.floor((offset - rowStart) / size), rowStart };
    rowStart += size * heap.width;
  }
  throw damaged(heap.path, 'an entry beyond the heap');
}

function readWidth(cursor: Cursor, width: number): number {
  let value = 0;
  for (let i = 0; i < width; i++) value += cursor.u8() * 2 ** (8 * i);
  if (!Number.isSafeInteger(value)) throw damaged('heap', 'a place beyond 2^53');
  return value;
}

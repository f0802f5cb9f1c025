import { Cursor } from './cursor';
import { damaged } from './damaged';
import { type Hdf5File, LIMITS } from './format';

interface Tree {
  readonly nodeBytes: number;
  readonly recordBytes: number;
  /** Per level (0 = leaf): most records in a node, and the width of a field that counts all records below. */
  readonly levels: readonly { readonly max: number; readonly totalWidth: number }[];
}

/** All records of a version 2 B-tree (III.A.2), in order of their keys. */
export function* readTreeV2(file: Hdf5File, address: number, path: string): Generator<Uint8Array> {
  const head = Cursor.at(file.source, address, 22 + file.offsetSize + file.lengthSize, path);
  head.expect('BTHD');
  head.skip(2);
  const nodeBytes = head.u32();
  const recordBytes = head.u16();
  const depth = head.u16();
  head.skip(2);
  const root = head.uint(file.offsetSize);
  const rootRecords = head.u16();
  if (root === Infinity) return;
  if (depth > LIMITS.treeDepth || recordBytes === 0 || nodeBytes < 16)
    throw damaged(path, 'a tree that is too deep');
  const tree = { nodeBytes, recordBytes, levels: levelsOf(file, nodeBytes, recordBytes, depth) };
  const budget = { records: LIMITS.groupEntries };
  yield* readNode(file, tree, root, depth, rootRecords, budget, path);
}

const widthOf = (max: number): number => Math.max(1, Math.ceil(Math.log2(max + 1) / 8));

function levelsOf(file: Hdf5File, nodeBytes: number, recordBytes: number, depth: number): Tree['levels'] {
  const leafMax = Math.floor((nodeBytes - 10) / recordBytes);
  const levels = [{ max: leafMax, total: leafMax, totalWidth: 0 }];
  for (let level = 1; level <= depth; level++) {
    const below = levels[level - 1] as (typeof levels)[number];
    const totalWidth = level > 1 ? widthOf(below.total) : 0;
    const pointer = file.offsetSize + widthOf(leafMax) + totalWidth;
    const max = Math.floor((nodeBytes - 10 - pointer) / (recordBytes + pointer));
    levels.push({ max, total: (max + 1) * below.total + max, totalWidth });
  }
  return levels;
}

function* readNode(
  file: Hdf5File,
  tree: Tree,
  address: number,
  level: number,
  count: number,
  budget: { records: number },
  path: string,
): Generator<Uint8Array> {
  budget.records -= count + 1;
  if (budget.records < 0) throw damaged(path, 'too many entries in a tree');
  const cursor = Cursor.at(file.source, address, tree.nodeBytes, path);
  cursor.expect(level === 0 ? 'BTLF' : 'BTIN');
  cursor.skip(2);
  const records = Array.from({ length: count }, () => cursor.bytes(tree.recordBytes));
  if (level === 0) {
    yield* records;
    return;
  }
  const leafMax = tree.levels[0]?.max ?? 0;
  for (let i = 0; i <= count; i++) {
    const child = cursor.uint(file.offsetSize);
    const childCount = readWidth(cursor, widthOf(leafMax));
    cursor.skip(tree.levels[level]?.totalWidth ?? 0);
    yield* readNode(file, tree, child, level - 1, childCount, budget, path);
    if (i < count) yield records[i] as Uint8Array;
  }
}

function readWidth(cursor: Cursor, width: number): number {
  let value = 0;
  for (let i = 0; i < width; i++) value += cursor.u8() * 2 ** (8 * i);
  return value;
}

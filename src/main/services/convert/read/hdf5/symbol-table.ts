import { Cursor } from './cursor';
import { damaged } from './damaged';
import { type Hdf5File, LIMITS } from './format';
import type { Link } from './link';
import { textOf } from './cursor';

/** The links of an old-style group: a B-tree of symbol nodes, names in a local heap (III.A.1, III.B, III.D). */
export function readSymbolTable(file: Hdf5File, message: Uint8Array, path: string): Map<string, Link> {
  const cursor = new Cursor(message, path);
  const tree = cursor.uint(file.offsetSize);
  const heap = readLocalHeap(file, cursor.uint(file.offsetSize), path);
  const links = new Map<string, Link>();
  for (const address of leavesOf(file, tree, path)) readNode(file, address, heap, links, path);
  return links;
}

function readLocalHeap(file: Hdf5File, address: number, path: string): Uint8Array {
  const cursor = Cursor.at(file.source, address, 8 + 2 * file.lengthSize + file.offsetSize, path);
  cursor.expect('HEAP');
  cursor.skip(4);
  const size = cursor.uint(file.lengthSize);
  cursor.skip(file.lengthSize);
  return file.source.read(cursor.uint(file.offsetSize), size);
}

function leavesOf(file: Hdf5File, root: number, path: string): number[] {
  const leaves: number[] = [];
  const open: { address: number; level: number | undefined }[] = [{ address: root, level: undefined }];
  for (let node = open.pop(); node; node = open.pop()) {
    const head = Cursor.at(file.source, node.address, 8 + 2 * file.offsetSize, path);
    head.expect('TREE');
    if (head.u8() !== 0) throw damaged(path, 'a tree of another kind than a group has');
    const level = head.u8();
    const wrong = node.level === undefined ? level > LIMITS.treeDepth : level !== node.level;
    if (wrong) throw damaged(path, 'a tree whose levels do not fit');
    const count = head.u16();
    const pair = file.lengthSize + file.offsetSize;
    const body = Cursor.at(file.source, node.address + 8 + 2 * file.offsetSize, count * pair, path);
    const children: number[] = [];
    for (let i = 0; i < count; i++) {
      body.skip(file.lengthSize);
      children.push(body.uint(file.offsetSize));
    }
    if (level === 0) leaves.push(...children);
    else for (const child of children.reverse()) open.push({ address: child, level: level - 1 });
    if (leaves.length + open.length > LIMITS.groupEntries) throw damaged(path, 'too many entries in a group');
  }
  if (new Set(leaves).size !== leaves.length) throw damaged(path, 'a tree that holds a node twice');
  return leaves;
}

function readNode(
  file: Hdf5File,
  address: number,
  heap: Uint8Array,
  links: Map<string, Link>,
  path: string,
): void {
  const head = Cursor.at(file.source, address, 8, path);
  head.expect('SNOD');
  head.skip(2);
  const count = head.u16();
  const entryBytes = 2 * file.offsetSize + 24;
  const body = Cursor.at(file.source, address + 8, count * entryBytes, path);
  for (let i = 0; i < count; i++) {
    const nameOffset = body.uint(file.offsetSize);
    const header = body.uint(file.offsetSize);
    const cacheType = body.u32();
    body.skip(20);
    if (!(nameOffset < heap.byteLength)) throw damaged(path, 'an entry whose name is missing');
    const name = textOf(heap.subarray(nameOffset));
    if (links.has(name)) throw damaged(path, `two entries named '${name}'`);
    links.set(name, cacheType === 2 ? { kind: 'soft' } : { kind: 'hard', address: header });
    if (links.size > LIMITS.groupEntries) throw damaged(path, 'too many entries in a group');
  }
}

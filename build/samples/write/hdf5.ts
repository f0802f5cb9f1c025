// Writes HDF5 as its first version has it, which every reader knows: superblock 0, groups as symbol tables, contiguous
// float32 datasets (HDF5 File Format Specification 3.0: II.A superblock, III.A.1 B-tree, III.B symbol table node,
// III.D local heap, IV.A object header).
import type { Weight } from '../network';

/** A group by its members' names. */
export interface Hdf5Group {
  readonly [name: string]: Hdf5Group | Weight;
}

const NOWHERE = 0xffffffffffffffffn;
const SUPERBLOCK_BYTES = 96;
const LEAF_K = 4;
const INTERNAL_K = 16;
const ENTRY_BYTES = 40;
const SYMBOLS_A_NODE = 2 * LEAF_K;
const NODES_A_TREE = 2 * INTERNAL_K;

const Message = { dataspace: 1, datatype: 3, fillValue: 5, layout: 8, symbolTable: 17 } as const;

interface Placed {
  readonly header: number;
  /** Of a group: where its tree and heap are. */
  readonly scratch?: Buffer;
}

/** The file with this root group; the same members give the same bytes. At most 256 members a group. */
export function writeHdf5(root: Hdf5Group): Uint8Array {
  const file = new Hdf5Writer();
  return file.finish(file.group(root));
}

class Hdf5Writer {
  readonly #parts: Buffer[] = [Buffer.alloc(SUPERBLOCK_BYTES)];
  #end = SUPERBLOCK_BYTES;

  group(members: Hdf5Group): Placed {
    const names = Object.keys(members).sort();
    if (names.length > SYMBOLS_A_NODE * NODES_A_TREE) throw new Error(`${names.length} members are too many`);
    const children = names.map((name) => {
      const member = members[name] as Hdf5Group | Weight;
      return isWeight(member) ? this.#dataset(member) : this.group(member);
    });
    const { heap, offsets } = this.#heap(names);
    const tree = this.#tree(children, offsets);
    const scratch = words(tree, heap);
    return { header: this.#objectHeader([[Message.symbolTable, scratch]]), scratch };
  }

  finish(root: Placed): Uint8Array {
    const block = this.#parts[0] as Buffer;
    block.set([0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a]);
    block.set([8, 8], 13); // bytes of an offset and of a length
    block.writeUInt16LE(LEAF_K, 16);
    block.writeUInt16LE(INTERNAL_K, 18);
    block.set(words(0, NOWHERE, this.#end, NOWHERE), 24);
    block.set(symbolEntry(0, root), 56);
    return Buffer.concat(this.#parts);
  }

  #dataset({ shape, data }: Weight): Placed {
    const values = this.#add(Buffer.from(data.buffer, data.byteOffset, data.byteLength));
    const dataspace = Buffer.concat([Buffer.from([1, shape.length, 0, 0, 0, 0, 0, 0]), words(...shape)]);
    // IEEE 754 single precision, little endian: sign at bit 31, 8 bits of exponent at 23 with bias 127, 23 of mantissa.
    const datatype = Buffer.from([0x11, 0x20, 31, 0, 4, 0, 0, 0, 0, 0, 32, 0, 23, 8, 0, 23, 127, 0, 0, 0]);
    const fillValue = Buffer.from([2, 2, 2, 1, 0, 0, 0, 0]);
    const layout = Buffer.concat([Buffer.from([3, 1]), words(values, data.byteLength)]);
    const messages: [number, Buffer][] = [
      [Message.dataspace, dataspace],
      [Message.datatype, datatype],
      [Message.fillValue, fillValue],
      [Message.layout, layout],
    ];
    return { header: this.#objectHeader(messages) };
  }

  #objectHeader(messages: readonly (readonly [type: number, body: Buffer])[]): number {
    const bodies = messages.map(([type, body]) => {
      const message = Buffer.alloc(8 + roundUp(body.length));
      message.writeUInt16LE(type, 0);
      message.writeUInt16LE(roundUp(body.length), 2);
      message.set(body, 8);
      return message;
    });
    const head = Buffer.alloc(16);
    head.writeUInt8(1, 0);
    head.writeUInt16LE(messages.length, 2);
    head.writeUInt32LE(1, 4); // references
    head.writeUInt32LE(Buffer.concat(bodies).length, 8);
    return this.#add(Buffer.concat([head, ...bodies]));
  }

  /** The names of a group's members, zero-terminated; offset 0 holds the empty name. */
  #heap(names: readonly string[]): { heap: number; offsets: number[] } {
    const parts = [Buffer.alloc(8)];
    const offsets: number[] = [];
    let length = 8;
    for (const name of names) {
      const bytes = Buffer.alloc(roundUp(Buffer.byteLength(name) + 1));
      bytes.write(name);
      offsets.push(length);
      parts.push(bytes);
      length += bytes.length;
    }
    const segment = this.#add(Buffer.concat(parts));
    const noFreeSpace = 1;
    const head = Buffer.concat([Buffer.from('HEAP\0\0\0\0', 'latin1'), words(length, noFreeSpace, segment)]);
    return { heap: this.#add(head), offsets };
  }

  #tree(children: readonly Placed[], offsets: readonly number[]): number {
    const keys = [0];
    const nodes: number[] = [];
    for (let start = 0; start < children.length; start += SYMBOLS_A_NODE) {
      const inNode = children.slice(start, start + SYMBOLS_A_NODE);
      const node = Buffer.alloc(8 + SYMBOLS_A_NODE * ENTRY_BYTES);
      node.write('SNOD\x01', 'latin1');
      node.writeUInt16LE(inNode.length, 6);
      for (const [index, child] of inNode.entries()) {
        node.set(symbolEntry(offsets[start + index] ?? 0, child), 8 + index * ENTRY_BYTES);
      }
      nodes.push(this.#add(node));
      keys.push(offsets[start + inNode.length - 1] ?? 0);
    }
    const tree = Buffer.alloc(24 + 8 * (2 * NODES_A_TREE + 1));
    tree.write('TREE', 'latin1');
    tree.writeUInt16LE(nodes.length, 6);
    tree.set(words(NOWHERE, NOWHERE), 8);
    const pairs = nodes.flatMap((node, index) => [keys[index] ?? 0, node]);
    tree.set(words(...pairs, keys.at(-1) ?? 0), 24);
    return this.#add(tree);
  }

  /** Appends at a multiple of eight bytes; gives the address. */
  #add(bytes: Buffer): number {
    const address = this.#end;
    const padding = Buffer.alloc(roundUp(bytes.length) - bytes.length);
    this.#parts.push(bytes, padding);
    this.#end += bytes.length + padding.length;
    return address;
  }
}

/** A symbol table entry: name, object, and for a group (kind 1) its tree and heap. */
function symbolEntry(nameOffset: number, { header, scratch }: Placed): Buffer {
  const entry = Buffer.alloc(ENTRY_BYTES);
  entry.set(words(nameOffset, header));
  if (scratch) {
    entry.writeUInt32LE(1, 16);
    entry.set(scratch, 24);
  }
  return entry;
}

function words(...values: readonly (number | bigint)[]): Buffer {
  const bytes = Buffer.alloc(8 * values.length);
  for (const [index, value] of values.entries()) bytes.writeBigUInt64LE(BigInt(value), 8 * index);
  return bytes;
}

const roundUp = (bytes: number): number => Math.ceil(bytes / 8) * 8;

const isWeight = (member: Hdf5Group | Weight): member is Weight => member['data'] instanceof Float32Array;

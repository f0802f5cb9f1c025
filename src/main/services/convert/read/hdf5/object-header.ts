import { Cursor } from './cursor';
import { damaged, refused } from './damaged';
import { type Hdf5File, LIMITS } from './format';

/** Types of header messages that are read (IV.A.2). */
export const MESSAGE = {
  dataspace: 0x01,
  linkInfo: 0x02,
  datatype: 0x03,
  link: 0x06,
  externalFiles: 0x07,
  layout: 0x08,
  filters: 0x0b,
  attribute: 0x0c,
  continuation: 0x10,
  symbolTable: 0x11,
  attributeInfo: 0x15,
} as const;

export interface HeaderMessage {
  readonly type: number;
  readonly data: Uint8Array;
}

interface Block {
  readonly address: number;
  readonly size: number;
}

interface Style {
  /** Bytes of a continuation block that are not messages, in front and behind. */
  readonly before: number;
  readonly after: number;
  next(cursor: Cursor): { type: number; size: number; flags: number };
  readonly headBytes: number;
}

/** All messages of the object at `address`, continuation blocks followed (versions 1 and 2). `path` is for messages. */
export function readObjectHeader(file: Hdf5File, address: number, path: string): HeaderMessage[] {
  const prefix = Cursor.at(file.source, address, Math.min(48, Math.max(0, file.source.size - address)), path);
  const isV2 = prefix.remaining >= 4 && prefix.text(4) === 'OHDR';
  if (!isV2) prefix.position = 0;
  const { style, first } = isV2 ? startV2(prefix, address, path) : startV1(prefix, address, path);
  return collect(file, style, first, path);
}

function startV1(prefix: Cursor, address: number, path: string): { style: Style; first: Block } {
  const version = prefix.u8();
  if (version !== 1) throw damaged(path, `an object header of version ${version}`);
  prefix.skip(7);
  const size = prefix.u32();
  const next: Style['next'] = (cursor) => {
    const head = { type: cursor.u16(), size: cursor.u16(), flags: cursor.u8() };
    cursor.skip(3);
    return head;
  };
  return { style: { before: 0, after: 0, headBytes: 8, next }, first: { address: address + 16, size } };
}

function startV2(prefix: Cursor, address: number, path: string): { style: Style; first: Block } {
  const version = prefix.u8();
  if (version !== 2) throw damaged(path, `an object header of version ${version}`);
  const flags = prefix.u8();
  if (flags & 0x20) prefix.skip(16);
  if (flags & 0x10) prefix.skip(4);
  const size = prefix.uint(1 << (flags & 3));
  const hasOrder = (flags & 4) !== 0;
  const next: Style['next'] = (cursor) => {
    const head = { type: cursor.u8(), size: cursor.u16(), flags: cursor.u8() };
    if (hasOrder) cursor.skip(2);
    return head;
  };
  const style = { before: 4, after: 4, headBytes: hasOrder ? 6 : 4, next };
  return { style, first: { address: address + prefix.position, size } };
}

function collect(file: Hdf5File, style: Style, first: Block, path: string): HeaderMessage[] {
  const messages: HeaderMessage[] = [];
  const blocks: Block[] = [first];
  const seen = new Set<number>();
  let total = 0;
  let count = 0;
  for (let block = blocks.shift(); block; block = blocks.shift()) {
    if (seen.has(block.address)) throw damaged(path, 'an object header that continues in itself');
    seen.add(block.address);
    total += block.size;
    if (!(total <= LIMITS.headerBytes)) throw damaged(path, 'an object header that is too large');
    const cursor = Cursor.at(file.source, block.address, block.size, path);
    while (cursor.remaining >= style.headBytes) {
      const { type, size, flags } = style.next(cursor);
      const data = cursor.bytes(size);
      if (++count > LIMITS.headerMessages) throw damaged(path, 'too many header messages');
      if (type === MESSAGE.continuation) blocks.push(continuation(file, style, data, path));
      else if (type !== 0) messages.push({ type, data: checkShared(type, flags, data, path) });
    }
  }
  return messages;
}

function continuation(file: Hdf5File, style: Style, data: Uint8Array, path: string): Block {
  const cursor = new Cursor(data, path);
  const address = cursor.uint(file.offsetSize);
  const size = cursor.uint(file.lengthSize);
  if (size < style.before + style.after) throw damaged(path, 'an empty continuation of an object header');
  return { address: address + style.before, size: size - style.before - style.after };
}

/** Shared messages keep their contents elsewhere; only data types and spaces that we need would matter. */
function checkShared(type: number, flags: number, data: Uint8Array, path: string): Uint8Array {
  const needed: readonly number[] = [MESSAGE.dataspace, MESSAGE.datatype, MESSAGE.filters, MESSAGE.layout];
  if ((flags & 2) !== 0 && needed.includes(type)) throw refused(path, 'a named (shared) data type');
  return data;
}

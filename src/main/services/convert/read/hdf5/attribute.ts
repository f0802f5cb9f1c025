import { Cursor, textOf } from './cursor';
import { damaged } from './damaged';
import { checkedCount, readDataspace } from './dataspace';
import { type Hdf5Type, readDatatype } from './datatype';
import { type Hdf5File, LIMITS } from './format';
import type { GlobalHeap } from './global-heap';

/** An attribute as it stands in the file; its text is only decoded when somebody asks. */
export interface Attribute {
  readonly name: string;
  readonly type: Hdf5Type | undefined;
  readonly count: number;
  readonly data: Uint8Array;
}

/** Reads an attribute message, versions 1 to 3 (IV.A.2.m). A type that is not read leaves `type` undefined. */
export function readAttribute(file: Hdf5File, message: Uint8Array, path: string): Attribute {
  const cursor = new Cursor(message, path);
  const version = cursor.u8();
  if (version < 1 || version > 3) throw damaged(path, `an attribute of version ${version}`);
  const flags = cursor.u8();
  const nameSize = cursor.u16();
  const typeSize = cursor.u16();
  const spaceSize = cursor.u16();
  if (version === 3) cursor.skip(1);
  const part = (size: number): Uint8Array => {
    const bytes = cursor.bytes(size);
    if (version === 1) cursor.align(8);
    return bytes;
  };
  const name = textOf(part(nameSize));
  const typeBytes = part(typeSize);
  const spaceBytes = part(spaceSize);
  const where = `${path}@${name}`;
  const type = flags & 1 ? undefined : tryType(typeBytes, where);
  const shape = flags & 2 ? undefined : readDataspace(file, new Cursor(spaceBytes, where), where);
  const data = cursor.bytes(cursor.remaining);
  const count = shape && type ? checkedCount(shape, type.size, LIMITS.attributeBytes, where) : 0;
  if (type && data.byteLength < count * type.size) throw damaged(where, 'an attribute that is cut off');
  return { name, type, count, data };
}

function tryType(bytes: Uint8Array, where: string): Hdf5Type | undefined {
  try {
    return readDatatype(new Cursor(bytes, where), where);
  } catch {
    return undefined;
  }
}

/** The texts of an attribute, one per element; undefined when it does not hold text. */
export function attributeTexts(attribute: Attribute, heap: GlobalHeap, path: string): string[] | undefined {
  const { type, count, data } = attribute;
  if (type?.kind === 'text')
    return Array.from({ length: count }, (_, i) => textOf(data.subarray(i * type.size, (i + 1) * type.size)));
  if (type?.kind !== 'vlen-text') return undefined;
  const where = `${path}@${attribute.name}`;
  const cursor = new Cursor(data, where);
  return Array.from({ length: count }, () => textOf(heap.element(cursor, where)));
}

import { inflateSync } from 'node:zlib';
import { Cursor } from './cursor';
import { damaged, refused } from './damaged';

/** One stage of a chunk's packing, in the order in which it was applied when writing. */
export interface Filter {
  readonly id: number;
  readonly params: readonly number[];
}

const DEFLATE = 1;
const SHUFFLE = 2;
const FLETCHER32 = 3;
const NAMES: Record<number, string> = {
  4: 'szip',
  5: 'nbit',
  6: 'scale-offset',
  32000: 'lzf',
  32001: 'blosc',
};

/** Reads a filter pipeline message (IV.A.2.l); a filter other than gzip, shuffle and Fletcher-32 is refused. */
export function readFilters(message: Uint8Array, path: string): Filter[] {
  const cursor = new Cursor(message, path);
  const version = cursor.u8();
  if (version !== 1 && version !== 2) throw damaged(path, `a filter pipeline of version ${version}`);
  const count = cursor.u8();
  if (count > 32) throw damaged(path, `${count} filters`);
  if (version === 1) cursor.skip(6);
  return Array.from({ length: count }, () => readFilter(cursor, version, path));
}

function readFilter(cursor: Cursor, version: number, path: string): Filter {
  const id = cursor.u16();
  const nameLength = version === 1 || id >= 256 ? cursor.u16() : 0;
  cursor.skip(2);
  const paramCount = cursor.u16();
  cursor.skip(version === 1 ? Math.ceil(nameLength / 8) * 8 : nameLength);
  const params = Array.from({ length: paramCount }, () => cursor.u32());
  if (version === 1 && paramCount % 2 === 1) cursor.skip(4);
  if (id !== DEFLATE && id !== SHUFFLE && id !== FLETCHER32)
    throw refused(path, `the compression filter ${NAMES[id] ?? id}`);
  return { id, params };
}

/** Undoes the filters of one chunk. `size` is the chunk's size in bytes when unpacked; anything else is refused. */
export function unpackChunk(
  packed: Uint8Array,
  filters: readonly Filter[],
  mask: number,
  size: number,
  path: string,
): Uint8Array {
  let bytes = packed;
  for (let i = filters.length - 1; i >= 0; i--) {
    const filter = filters[i] as Filter;
    if (mask & (1 << i)) continue;
    if (filter.id === DEFLATE) bytes = inflate(bytes, size + 64, path);
    else if (filter.id === SHUFFLE) bytes = unshuffle(bytes, filter.params[0] ?? 1);
    else bytes = bytes.subarray(0, Math.max(0, bytes.byteLength - 4));
  }
  if (bytes.byteLength !== size)
    throw damaged(path, `a chunk of ${bytes.byteLength} bytes instead of ${size}`);
  return bytes;
}

function inflate(bytes: Uint8Array, limit: number, path: string): Uint8Array {
  try {
    const plain = inflateSync(bytes, { maxOutputLength: limit });
    return new Uint8Array(plain.buffer, plain.byteOffset, plain.byteLength);
  } catch {
    throw damaged(path, 'a compressed chunk that cannot be unpacked');
  }
}

/** Bytes are stored plane by plane: all first bytes of the elements, all second bytes ... */
function unshuffle(bytes: Uint8Array, elementBytes: number): Uint8Array {
  if (elementBytes <= 1) return bytes;
  const count = Math.floor(bytes.byteLength / elementBytes);
  const result = new Uint8Array(bytes.byteLength);
  for (let plane = 0; plane < elementBytes; plane++)
    for (let i = 0; i < count; i++) result[i * elementBytes + plane] = bytes[plane * count + i] as number;
  result.set(bytes.subarray(count * elementBytes), count * elementBytes);
  return result;
}

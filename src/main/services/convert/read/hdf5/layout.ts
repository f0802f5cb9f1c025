import { Cursor } from './cursor';
import { damaged, refused } from './damaged';
import type { Hdf5File } from './format';

/** Where a data set's bytes are (IV.A.2.i). Addresses are Infinity when nothing was ever written. */
export type Layout =
  | { readonly kind: 'compact'; readonly data: Uint8Array }
  | { readonly kind: 'contiguous'; readonly address: number; readonly size: number | undefined }
  | {
      readonly kind: 'chunked';
      readonly address: number;
      readonly chunk: readonly number[];
      /** How chunks are found: the B-tree of old files, or the one chunk of a new one. */
      readonly index: 'btree1' | 'single' | 'implicit';
      /** Stored size and filter mask of a single filtered chunk. */
      readonly filtered?: { readonly size: number; readonly mask: number };
    };

export function readLayout(file: Hdf5File, message: Uint8Array, path: string): Layout {
  const cursor = new Cursor(message, path);
  const version = cursor.u8();
  if (version === 1 || version === 2) return oldLayout(file, cursor);
  if (version !== 3 && version !== 4) throw damaged(path, `a data layout of version ${version}`);
  const kind = cursor.u8();
  switch (kind) {
    case 0:
      return { kind: 'compact', data: cursor.bytes(cursor.u16()) };
    case 1:
      return {
        kind: 'contiguous',
        address: cursor.uint(file.offsetSize),
        size: cursor.uint(file.lengthSize),
      };
    case 2:
      return version === 3 ? chunkedV3(file, cursor) : chunkedV4(file, cursor, path);
    case 3:
      throw refused(path, 'a virtual data set, which keeps its values in other files');
    default:
      throw damaged(path, `a data layout of class ${kind}`);
  }
}

function oldLayout(file: Hdf5File, cursor: Cursor): Layout {
  const rank = cursor.u8();
  const kind = cursor.u8();
  cursor.skip(5);
  const address = kind === 0 ? Infinity : cursor.uint(file.offsetSize);
  const dims = Array.from({ length: rank }, () => cursor.u32());
  if (kind === 0) return { kind: 'compact', data: cursor.bytes(cursor.u32()) };
  if (kind === 1) return { kind: 'contiguous', address, size: undefined };
  return { kind: 'chunked', address, chunk: dims.slice(0, -1), index: 'btree1' };
}

function chunkedV3(file: Hdf5File, cursor: Cursor): Layout {
  const rank = cursor.u8();
  const address = cursor.uint(file.offsetSize);
  const dims = Array.from({ length: rank }, () => cursor.u32());
  return { kind: 'chunked', address, chunk: dims.slice(0, -1), index: 'btree1' };
}

function chunkedV4(file: Hdf5File, cursor: Cursor, path: string): Layout {
  const flags = cursor.u8();
  const rank = cursor.u8();
  const width = cursor.u8();
  const dims = Array.from({ length: rank }, () => cursor.uint(width));
  const chunk = dims.slice(0, -1);
  const indexType = cursor.u8();
  if (indexType === 1) {
    const filtered = flags & 2 ? { size: cursor.uint(file.lengthSize), mask: cursor.u32() } : undefined;
    const address = cursor.uint(file.offsetSize);
    return { kind: 'chunked', address, chunk, index: 'single', ...(filtered ? { filtered } : {}) };
  }
  if (indexType === 2)
    return { kind: 'chunked', address: cursor.uint(file.offsetSize), chunk, index: 'implicit' };
  throw refused(path, `a chunk index of type ${indexType}`);
}

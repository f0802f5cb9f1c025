import { Cursor } from './cursor';
import { damaged } from './damaged';
import type { Hdf5File } from './format';

/** An entry of a group. Soft and external links are known by name only: they are never followed. */
export type Link =
  | { readonly kind: 'hard'; readonly address: number }
  | { readonly kind: 'soft' }
  | { readonly kind: 'external' };

export type Links = ReadonlyMap<string, Link>;

/** Reads a link message (IV.A.2.g). */
export function readLink(file: Hdf5File, data: Uint8Array, path: string): { name: string; link: Link } {
  const cursor = new Cursor(data, path);
  if (cursor.u8() !== 1) throw damaged(path, 'a link of unknown version');
  const flags = cursor.u8();
  const type = flags & 8 ? cursor.u8() : 0;
  if (flags & 4) cursor.skip(8);
  if (flags & 16) cursor.skip(1);
  const length = cursor.uint(1 << (flags & 3));
  const name = cursor.text(length);
  if (type === 0) return { name, link: { kind: 'hard', address: cursor.uint(file.offsetSize) } };
  return { name, link: { kind: type === 1 ? 'soft' : 'external' } };
}

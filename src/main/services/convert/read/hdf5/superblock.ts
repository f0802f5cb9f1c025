import { AppError } from '@shared/error/app-error';
import { type ByteSource, sliceSource } from '../byte-source';
import { Cursor } from './cursor';
import { damaged, refused } from './damaged';
import type { Hdf5File } from './format';

const SIGNATURE = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];

/** True when an HDF5 superblock starts at `offset` (II.A). */
export function isHdf5At(source: ByteSource, offset = 0): boolean {
  if (source.size < offset + 48) return false;
  const bytes = source.read(offset, 8);
  return SIGNATURE.every((byte, i) => bytes[i] === byte);
}

/** Reads the superblock, versions 0 to 3, after a user block if there is one. */
export function openSuperblock(source: ByteSource): Hdf5File {
  const start = findStart(source);
  const file = start === 0 ? source : sliceSource(source, start, source.size - start, source.name);
  const cursor = Cursor.at(file, 0, Math.min(128, file.size), source.name);
  cursor.skip(8);
  const version = cursor.u8();
  if (version > 3) throw refused(source.name, `superblock version ${version}`);
  return version < 2 ? oldSuperblock(file, cursor, version) : newSuperblock(file, cursor);
}

function findStart(source: ByteSource): number {
  for (let offset = 0; offset < source.size; offset = offset === 0 ? 512 : offset * 2)
    if (isHdf5At(source, offset)) return offset;
  throw new AppError(
    'model.unreadable',
    `'${source.name}' is not an HDF5 file; choose a model saved by Keras.`,
  );
}

function oldSuperblock(source: ByteSource, cursor: Cursor, version: number): Hdf5File {
  cursor.skip(4);
  const sizes = readSizes(source, cursor);
  cursor.skip(1 + 4 + 4 + (version === 1 ? 4 : 0));
  checkBase(source, cursor.uint(sizes.offsetSize));
  cursor.skip(3 * sizes.offsetSize); // free space, end of file, driver information
  cursor.skip(sizes.offsetSize); // the root's link name
  return { source, ...sizes, root: cursor.uint(sizes.offsetSize) };
}

function newSuperblock(source: ByteSource, cursor: Cursor): Hdf5File {
  const sizes = readSizes(source, cursor);
  cursor.skip(1);
  checkBase(source, cursor.uint(sizes.offsetSize));
  cursor.skip(2 * sizes.offsetSize); // extension, end of file
  return { source, ...sizes, root: cursor.uint(sizes.offsetSize) };
}

function readSizes(source: ByteSource, cursor: Cursor): { offsetSize: number; lengthSize: number } {
  const offsetSize = cursor.u8();
  const lengthSize = cursor.u8();
  for (const size of [offsetSize, lengthSize])
    if (size !== 4 && size !== 8) throw damaged(source.name, `addresses of ${size} bytes`);
  return { offsetSize, lengthSize };
}

/** Addresses count from the superblock's start in every file that the HDF5 library itself writes. */
function checkBase(source: ByteSource, base: number): void {
  if (base > source.size) throw damaged(source.name, 'a base address beyond the file');
}

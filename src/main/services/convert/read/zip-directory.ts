import { AppError } from '@shared/error/app-error';
import type { ByteSource } from './byte-source';

/** One entry of a ZIP archive, its place in the file checked. Sizes in bytes; method 0 stored, 8 deflated. */
export interface ZipEntry {
  readonly name: string;
  readonly method: 0 | 8;
  readonly size: number;
  readonly packedSize: number;
  /** Where the entry's bytes begin. */
  readonly start: number;
}

const MAX_ENTRIES = 65_535;
const END_BYTES = 22;
const MAX_COMMENT = 65_535;

/** Reads and checks the whole central directory (PKWARE APPNOTE 6.3.10, sections 4.3.7, 4.3.12, 4.3.14 and 4.3.16). */
export function readDirectory(source: ByteSource): ZipEntry[] {
  const { offset, size, count } = findDirectory(source);
  if (count > MAX_ENTRIES || size > source.size) throw broken(source, `a directory of ${count} entries`);
  const bytes = source.read(offset, size);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries: ZipEntry[] = [];
  const seen = new Set<string>();
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + 46 > size || view.getUint32(at, true) !== 0x02014b50)
      throw broken(source, 'a directory that is cut off');
    const nameLength = view.getUint16(at + 28, true);
    const extraLength = view.getUint16(at + 30, true);
    const commentLength = view.getUint16(at + 32, true);
    const end = at + 46 + nameLength + extraLength + commentLength;
    if (end > size) throw broken(source, 'a directory that is cut off');
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength));
    checkName(source, name, seen);
    checkKind(source, view, at, name);
    const extra = bytes.subarray(at + 46 + nameLength, at + 46 + nameLength + extraLength);
    if (!name.endsWith('/')) entries.push(readEntry(source, view, at, name, extra));
    at = end;
  }
  checkOverlap(source, entries);
  return entries;
}

function findDirectory(source: ByteSource): { offset: number; size: number; count: number } {
  const tailBytes = Math.min(source.size, END_BYTES + MAX_COMMENT);
  const tailStart = source.size - tailBytes;
  const tail = source.read(tailStart, tailBytes);
  const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength);
  for (let at = tailBytes - END_BYTES; at >= 0; at--) {
    if (view.getUint32(at, true) !== 0x06054b50) continue;
    const count = view.getUint16(at + 10, true);
    const size = view.getUint32(at + 12, true);
    const offset = view.getUint32(at + 16, true);
    const isLong = count === 0xffff || size === 0xffffffff || offset === 0xffffffff;
    return isLong ? findLongDirectory(source, tailStart + at) : { offset, size, count };
  }
  throw broken(source, 'no directory at its end');
}

function findLongDirectory(source: ByteSource, end: number): { offset: number; size: number; count: number } {
  const locator = viewOf(source.read(Math.max(0, end - 20), 20));
  if (locator.getUint32(0, true) !== 0x07064b50) throw broken(source, 'a ZIP64 directory that is missing');
  const record = viewOf(source.read(long(source, locator, 8), 56));
  if (record.getUint32(0, true) !== 0x06064b50) throw broken(source, 'a ZIP64 directory that is missing');
  return {
    count: long(source, record, 32),
    size: long(source, record, 40),
    offset: long(source, record, 48),
  };
}

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function long(source: ByteSource, view: DataView, at: number): number {
  if (at + 8 > view.byteLength) throw broken(source, 'a size that is cut off');
  const value = view.getBigUint64(at, true);
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw broken(source, 'a size beyond 2^53');
  return Number(value);
}

function checkName(source: ByteSource, name: string, seen: Set<string>): void {
  const parts = name.split(/[/\\]/);
  const leadsOut = name === '' || /^[/\\]/.test(name) || /^[A-Za-z]:/.test(name) || parts.includes('..');
  if (leadsOut || name.includes('\0'))
    throw new AppError(
      'model.unreadable',
      `'${source.name}' is refused: its entry ${JSON.stringify(name)} leads out of the archive. Get the model from a source you trust.`,
    );
  const key = name.toLowerCase();
  if (seen.has(key)) throw broken(source, `two entries named '${name}'`);
  seen.add(key);
}

/** Symbolic links have the file type in the upper half of the external attributes (host system Unix). */
function checkKind(source: ByteSource, view: DataView, at: number, name: string): void {
  const type = (view.getUint32(at + 38, true) >>> 16) & 0xf000;
  if (type !== 0 && type !== 0x8000 && type !== 0x4000)
    throw new AppError(
      'model.unreadable',
      `'${source.name}' is refused: its entry '${name}' is a link or a device. Get the model from a source you trust.`,
    );
  if ((view.getUint16(at + 8, true) & 1) !== 0) throw broken(source, `an encrypted entry '${name}'`);
}

function readEntry(
  source: ByteSource,
  view: DataView,
  at: number,
  name: string,
  extra: Uint8Array,
): ZipEntry {
  const method = view.getUint16(at + 10, true);
  if (method !== 0 && method !== 8) throw broken(source, `an entry '${name}' packed by method ${method}`);
  const fields = [
    view.getUint32(at + 24, true),
    view.getUint32(at + 20, true),
    view.getUint32(at + 42, true),
  ];
  const [size = 0, packedSize = 0, offset = 0] = widened(source, fields, extra);
  if (method === 0 && size !== packedSize) throw broken(source, `a stored entry '${name}' of two sizes`);
  const head = viewOf(source.read(offset, 30));
  if (head.getUint32(0, true) !== 0x04034b50)
    throw broken(source, `an entry '${name}' that is not where it should be`);
  const nameLength = head.getUint16(26, true);
  const local = new TextDecoder().decode(source.read(offset + 30, nameLength));
  if (local !== name) throw broken(source, `an entry '${name}' that calls itself ${JSON.stringify(local)}`);
  const start = offset + 30 + nameLength + head.getUint16(28, true);
  if (start + packedSize > source.size) throw broken(source, `an entry '${name}' that is cut off`);
  return { name, method, size, packedSize, start };
}

/** Fields that are all ones stand in the ZIP64 extra field instead (4.5.3), in this order. */
function widened(source: ByteSource, fields: readonly number[], extra: Uint8Array): number[] {
  const view = viewOf(extra);
  let field: DataView | undefined;
  for (let at = 0; at + 4 <= extra.byteLength; at += 4 + view.getUint16(at + 2, true)) {
    const length = Math.min(view.getUint16(at + 2, true), extra.byteLength - at - 4);
    if (view.getUint16(at, true) === 1) field = viewOf(extra.subarray(at + 4, at + 4 + length));
  }
  let next = 0;
  return fields.map((value) => {
    if (value !== 0xffffffff) return value;
    if (!field) throw broken(source, 'a size that is missing');
    next += 8;
    return long(source, field, next - 8);
  });
}

/** Entries that share bytes are how small archives unpack to endless ones. */
function checkOverlap(source: ByteSource, entries: readonly ZipEntry[]): void {
  const sorted = [...entries].sort((a, b) => a.start - b.start);
  sorted.forEach((entry, i) => {
    const next = sorted[i + 1];
    if (next && entry.start + entry.packedSize > next.start)
      throw broken(source, `entries '${entry.name}' and '${next.name}' that overlap`);
  });
}

const broken = (source: ByteSource, what: string): AppError =>
  new AppError(
    'model.unreadable',
    `'${source.name}' is no archive that Keras writes: it has ${what}. Get the file again.`,
  );

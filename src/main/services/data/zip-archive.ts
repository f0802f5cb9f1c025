import type { FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { AppError } from '@shared/error/app-error';

// Layout: PKWARE's APPNOTE, sections 4.3.7 (local header), 4.3.12 (central directory), 4.3.14-16 (end records).
const END_SIGNATURE = 0x06054b50;
const CENTRAL_SIGNATURE = 0x02014b50;
const LOCAL_SIGNATURE = 0x04034b50;
const MAX_ENTRIES = 100_000;

export interface ZipEntry {
  readonly name: string;
  readonly deflated: boolean;
  readonly compressedBytes: number;
  readonly bytes: number;
  readonly crc32: number;
  /** Where the entry's (perhaps compressed) bytes begin in the file. */
  readonly dataOffset: number;
}

const damaged = (path: string, why: string): AppError =>
  new AppError(
    'data.invalid',
    `${path} is not a readable .npz archive: ${why}. Save it again with numpy.savez.`,
  );

async function read(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, offset);
  return buffer.subarray(0, bytesRead);
}

/** A 64-bit value of a ZIP64 extra field, where the 32-bit field says "see there". */
function wide(extra: Buffer, wanted: readonly boolean[], index: number): number | undefined {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== 1) continue;
    const place = at + 4 + 8 * wanted.slice(0, index).filter(Boolean).length;
    return place + 8 <= extra.length ? Number(extra.readBigUInt64LE(place)) : undefined;
  }
  return undefined;
}

/** Lists a ZIP archive's entries; nothing is unpacked. Sizes are checked against the file's own. */
export async function listZip(file: FileHandle, path: string): Promise<ZipEntry[]> {
  const { size } = await file.stat();
  const tailStart = Math.max(0, size - 65_557);
  const tail = await read(file, tailStart, size - tailStart);
  let end = tail.length - 22;
  while (end >= 0 && tail.readUInt32LE(end) !== END_SIGNATURE) end--;
  if (end < 0) throw damaged(path, 'it has no directory');
  let count = tail.readUInt16LE(end + 10);
  let length = tail.readUInt32LE(end + 12);
  let start = tail.readUInt32LE(end + 16);
  if ((count === 0xffff || length === 0xffffffff || start === 0xffffffff) && end >= 20) {
    const at = Number(tail.readBigUInt64LE(end - 12));
    const record = await read(file, at, 56);
    if (record.length < 56) throw damaged(path, 'its directory is cut off');
    count = Number(record.readBigUInt64LE(32));
    length = Number(record.readBigUInt64LE(40));
    start = Number(record.readBigUInt64LE(48));
  }
  if (count > MAX_ENTRIES || start + length > size)
    throw damaged(path, 'its directory does not fit the file');
  const directory = await read(file, start, length);
  const entries: ZipEntry[] = [];
  for (let at = 0, i = 0; i < count; i++) {
    if (at + 46 > directory.length || directory.readUInt32LE(at) !== CENTRAL_SIGNATURE)
      throw damaged(path, `entry ${i} of its directory is broken`);
    const nameLength = directory.readUInt16LE(at + 28);
    const extraLength = directory.readUInt16LE(at + 30);
    const name = directory.toString('utf8', at + 46, at + 46 + nameLength);
    const extra = directory.subarray(at + 46 + nameLength, at + 46 + nameLength + extraLength);
    const fields = [
      directory.readUInt32LE(at + 24),
      directory.readUInt32LE(at + 20),
      directory.readUInt32LE(at + 42),
    ];
    const isWide = fields.map((field) => field === 0xffffffff);
    const [bytes = 0, compressedBytes = 0, offset = 0] = fields.map((field, k) =>
      isWide[k] ? (wide(extra, isWide, k) ?? field) : field,
    );
    const method = directory.readUInt16LE(at + 10);
    if (method !== 0 && method !== 8) throw damaged(path, `entry '${name}' is packed in an unknown way`);
    const local = await read(file, offset, 30);
    if (local.length < 30 || local.readUInt32LE(0) !== LOCAL_SIGNATURE)
      throw damaged(path, `entry '${name}' is missing`);
    const dataOffset = offset + 30 + local.readUInt16LE(26) + local.readUInt16LE(28);
    if (dataOffset + compressedBytes > size) throw damaged(path, `entry '${name}' is cut off`);
    entries.push({
      name,
      deflated: method === 8,
      compressedBytes,
      bytes,
      crc32: directory.readUInt32LE(at + 16),
      dataOffset,
    });
    at += 46 + nameLength + extraLength + directory.readUInt16LE(at + 32);
  }
  return entries;
}

/** A ZIP archive of stored entries, without dates, so that the same contents give the same bytes. */
export function storeZip(
  entries: readonly { readonly name: string; readonly bytes: Uint8Array }[],
): Uint8Array {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const { name, bytes } of entries) {
    const nameBytes = Buffer.from(name, 'utf8');
    const crc = crc32(bytes);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(LOCAL_SIGNATURE, 0);
    local.writeUInt16LE(20, 4);
    local.writeUInt16LE(0x21, 12); // 1 January 1980, the format's first day
    local.writeUInt32LE(crc, 14);
    local.writeUInt32LE(bytes.byteLength, 18);
    local.writeUInt32LE(bytes.byteLength, 22);
    local.writeUInt16LE(nameBytes.length, 26);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(CENTRAL_SIGNATURE, 0);
    central.writeUInt16LE(20, 4);
    local.copy(central, 6, 4, 30);
    central.writeUInt32LE(offset, 42);
    parts.push(local, nameBytes, bytes);
    directory.push(central, nameBytes);
    offset += 30 + nameBytes.length + bytes.byteLength;
  }
  const directoryBytes = directory.reduce((sum, part) => sum + part.byteLength, 0);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(END_SIGNATURE, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directoryBytes, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, ...directory, end]);
}

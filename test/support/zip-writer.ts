import { crc32, deflateRawSync } from 'node:zlib';

/** An entry of a ZIP archive; everything may be a lie, where a test wants one. */
export interface ZipItem {
  readonly name: string;
  readonly data: Uint8Array;
  readonly deflate?: boolean;
  /** Size that headers declare instead of the true one. */
  readonly declaredSize?: number;
  /** Unix file mode, for links: 0o120777. */
  readonly mode?: number;
}

/** A ZIP archive of these entries, in this order. */
export function zipFile(items: readonly ZipItem[]): Uint8Array {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const item of items) {
    const packed = item.deflate ? deflateRawSync(item.data) : Buffer.from(item.data);
    const name = Buffer.from(item.name);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(item.deflate ? 8 : 0, 4);
    common.writeUInt32LE(checksum(item.data), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(item.declaredSize ?? item.data.length, 18);
    common.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, name, packed]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(((item.mode ?? 0) << 16) >>> 0, 6);
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x03', 'latin1'), common, tail, name]));
    parts.push(local);
    offset += local.length;
  }
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(items.length, 8);
  end.writeUInt16LE(items.length, 10);
  end.writeUInt32LE(Buffer.concat(directory).length, 12);
  end.writeUInt32LE(offset, 16);
  return Uint8Array.from(Buffer.concat([...parts, ...directory, end]));
}

/** zlib.crc32 came with Node 20.15; the tests' archives do without a checksum where it is missing. */
const checksum = (data: Uint8Array): number => (typeof crc32 === 'function' ? crc32(data) : 0);

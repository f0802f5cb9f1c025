// Takes single files out of large ZIP archives (jars, wheels) without reading the rest.
// Layout: PKWARE APPNOTE 4.3.6 to 4.3.16; archives here are below 4 GiB, so ZIP64 is not read.
import { createReadStream, createWriteStream } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createInflateRaw } from 'node:zlib';
import { Problem } from './problem.mjs';

const END_BYTES = 22;

/** All entries of the archive: {name, method, packedBytes, bytes, offset}. */
export async function zipEntries(file) {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const tail = await readAt(handle, Math.max(0, size - 65_557), size);
    let end = tail.length - END_BYTES;
    while (end >= 0 && tail.readUInt32LE(end) !== 0x06054b50) end--;
    if (end < 0) throw new Problem('the downloaded archive is damaged (no directory at its end)');
    const start = tail.readUInt32LE(end + 16);
    const directory = await readAt(handle, start, start + tail.readUInt32LE(end + 12));
    const entries = [];
    for (let at = 0; at + 46 <= directory.length;) {
      const nameLength = directory.readUInt16LE(at + 28);
      entries.push({
        name: directory.toString('utf8', at + 46, at + 46 + nameLength),
        method: directory.readUInt16LE(at + 10),
        packedBytes: directory.readUInt32LE(at + 20),
        bytes: directory.readUInt32LE(at + 24),
        offset: directory.readUInt32LE(at + 42),
      });
      at += 46 + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
    }
    return entries;
  } finally {
    await handle.close();
  }
}

/** Writes one entry to the file `to`, through a temporary name beside it. */
export async function extractEntry(file, entry, to) {
  const handle = await open(file);
  const header = await readAt(handle, entry.offset, entry.offset + 30).finally(() => handle.close());
  const start = entry.offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  const packed = createReadStream(file, {
    start,
    end: start + entry.packedBytes - 1,
    highWaterMark: 1 << 20,
  });
  const inflate = entry.method === 8 ? [createInflateRaw({ chunkSize: 1 << 20 })] : [];
  const output = createWriteStream(`${to}.part`);
  await pipeline([packed, ...inflate, output]);
  if (output.bytesWritten !== entry.bytes)
    throw new Problem(`the downloaded archive is damaged at ${entry.name}`);
  await rename(`${to}.part`, to);
}

async function readAt(handle, from, to) {
  const bytes = Buffer.alloc(to - from);
  await handle.read(bytes, 0, bytes.length, from);
  return bytes;
}

import type { ModelFile } from '@main/ports/model-files';
import { AppError } from '@shared/error/app-error';
import { maskedCrc32c } from './crc32c';
import { snappyDecompress } from './snappy';

const FOOTER_BYTES = 48;
/** A block's trailer: one byte of compression type, four of checksum. */
const TRAILER_BYTES = 5;
const MAGIC_LOW = 0x8b80fb57;
const MAGIC_HIGH = 0xdb477524;
/** An index of a million variables has some 100 MB. */
const MAX_BYTES = 256 * 2 ** 20;

/**
 * All entries of a sorted string table (LevelDB's doc/table_format.md; tensorflow/tsl/lib/io/table.cc), in order. Checksums of
 * the blocks are verified. Refuses a damaged table with `model.unreadable`.
 */
export function readTable(file: ModelFile): ReadonlyMap<string, Uint8Array> {
  if (file.size < FOOTER_BYTES || file.size > MAX_BYTES) throw damaged(file, `it has ${file.size} bytes`);
  const bytes = file.read(0, file.size);
  const view = new DataView(bytes.buffer);
  if (
    view.getUint32(bytes.length - 8, true) !== MAGIC_LOW ||
    view.getUint32(bytes.length - 4, true) !== MAGIC_HIGH
  )
    throw damaged(file, 'it does not end as a table does');
  const footer = new Cursor(file, bytes.subarray(bytes.length - FOOTER_BYTES));
  footer.varint();
  footer.varint();
  const entries = new Map<string, Uint8Array>();
  let budget = MAX_BYTES;
  const block = (offset: number, size: number): Uint8Array => {
    const content = readBlock(file, bytes, offset, size, budget);
    budget -= content.byteLength;
    return content;
  };
  const index = block(footer.varint(), footer.varint());
  eachEntry(file, index, (_, handle) => {
    const cursor = new Cursor(file, handle);
    eachEntry(file, block(cursor.varint(), cursor.varint()), (key, value) => entries.set(key, value));
  });
  return entries;
}

function readBlock(
  file: ModelFile,
  bytes: Uint8Array,
  offset: number,
  size: number,
  budget: number,
): Uint8Array {
  if (offset + size + TRAILER_BYTES > bytes.length) throw damaged(file, 'a block lies outside the file');
  const checked = bytes.subarray(offset, offset + size + 1);
  const stored = new DataView(bytes.buffer).getUint32(offset + size + 1, true);
  if (maskedCrc32c(checked) !== stored)
    throw damaged(file, `the checksum of the block at byte ${offset} is wrong`);
  const content = bytes.subarray(offset, offset + size);
  const type = bytes[offset + size];
  if (type === 0) {
    if (size > budget) throw damaged(file, 'its blocks overlap');
    return content;
  }
  if (type !== 1) throw damaged(file, `a block has the unknown compression ${type}`);
  try {
    return snappyDecompress(content, budget);
  } catch (cause) {
    throw damaged(file, cause instanceof Error ? cause.message : String(cause));
  }
}

/** Entries share the beginning of their key with the one before. */
function eachEntry(file: ModelFile, block: Uint8Array, use: (key: string, value: Uint8Array) => void): void {
  if (block.length < 4) throw damaged(file, 'a block is too short');
  const restarts = new DataView(block.buffer, block.byteOffset, block.byteLength).getUint32(
    block.length - 4,
    true,
  );
  const end = block.length - 4 - 4 * restarts;
  if (end < 0) throw damaged(file, 'a block is too short');
  const cursor = new Cursor(file, block.subarray(0, end));
  const decoder = new TextDecoder();
  let key: Uint8Array = new Uint8Array(0);
  while (!cursor.done) {
    const shared = cursor.varint();
    const added = cursor.varint();
    const size = cursor.varint();
    if (shared > key.length) throw damaged(file, 'a key refers to more of the key before than there is');
    const next = new Uint8Array(shared + cursor.check(added));
    next.set(key.subarray(0, shared));
    next.set(cursor.take(added), shared);
    key = next;
    use(decoder.decode(key), cursor.take(size));
  }
}

class Cursor {
  readonly #file: ModelFile;
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(file: ModelFile, bytes: Uint8Array) {
    this.#file = file;
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  varint(): number {
    let value = 0;
    for (let shift = 0; shift < 56; shift += 7) {
      const byte = this.take(1)[0] as number;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw damaged(this.#file, 'a number in it is too long');
  }

  check(count: number): number {
    if (count > this.#bytes.length - this.#at) throw damaged(this.#file, 'an entry goes beyond its block');
    return count;
  }

  take(count: number): Uint8Array {
    this.check(count);
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }
}

const damaged = (file: ModelFile, why: string): AppError =>
  new AppError('model.unreadable', `the index of the variables, '${file.path}', is damaged: ${why}.`);

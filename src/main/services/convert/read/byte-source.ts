import type { ModelFile } from '@main/ports/model-files';
import { AppError } from '@shared/error/app-error';

/** Random access to the bytes of one file, or of a part of it. Nothing outside [0, size) can be read. */
export interface ByteSource {
  /** What messages call it: the file's own name, or the entry's where it is part of an archive. */
  readonly name: string;
  readonly size: number;
  /** Exactly `length` bytes from `offset`; refuses what is not wholly inside. */
  read(offset: number, length: number): Uint8Array;
  close(): void;
}

/** An open model file as a source. */
export const fileSource = (file: ModelFile, name: string): ByteSource => ({
  name,
  size: file.size,
  read(offset, length) {
    checkRange(this, offset, length);
    return file.read(offset, length);
  },
  close: () => file.close(),
});

/** Bytes in memory as a source. */
export function memorySource(memory: Uint8Array, name: string): ByteSource {
  // A plain array: the slice() of Node's Buffer shares memory, which callers do not expect.
  const bytes = new Uint8Array(memory.buffer, memory.byteOffset, memory.byteLength);
  return {
    name,
    size: bytes.byteLength,
    read(offset, length) {
      checkRange(this, offset, length);
      return bytes.subarray(offset, offset + length);
    },
    close() {},
  };
}

/** A part of another source, which it closes with itself. */
export function sliceSource(source: ByteSource, start: number, size: number, name: string): ByteSource {
  checkRange(source, start, size);
  return {
    name,
    size,
    read(offset, length) {
      checkRange(this, offset, length);
      return source.read(start + offset, length);
    },
    close: () => source.close(),
  };
}

function checkRange(source: ByteSource, offset: number, length: number): void {
  if (Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= 0 && length >= 0)
    if (offset + length <= source.size) return;
  throw new AppError(
    'model.unreadable',
    `'${source.name}' is damaged or cut off: it refers to ${length} bytes at ${offset}, but has ${source.size}. Get the file again.`,
  );
}

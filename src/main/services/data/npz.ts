import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, open, rm, writeFile, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createInflateRaw } from 'node:zlib';
import { AppError } from '@shared/error/app-error';
import { BYTES_PER_ELEMENT, viewAs } from '@shared/model/dtype';
import { elementCount, type NamedTensors, type Tensor } from '@shared/model/tensor';
import { encodeNpy, type NpyHeader, parseNpyHeader } from './npy';
import { listZip, storeZip, type ZipEntry } from './zip-archive';

const MAX_INFLATED_BYTES = 16 * 2 ** 30;

/** An array in a file, of which rows along the first axis can be read without the rest. */
export interface StoredArray extends Omit<NpyHeader, 'dataOffset'> {
  readonly name: string;
  /** Rows [start, end) with shape [end - start, ...rest]. */
  rows(start: number, end: number): Promise<Tensor>;
}

export interface ArrayFile {
  readonly arrays: readonly StoredArray[];
  close(): Promise<void>;
}

/** Opens a .npy array (named `x`) or a .npz archive of them. Fails with `data.invalid` or `file.not-found`. */
export async function openArrayFile(path: string): Promise<ArrayFile> {
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    throw new AppError(
      error.code === 'ENOENT' ? 'file.not-found' : 'file.unreadable',
      error.code === 'ENOENT' ? `There is no file ${path}.` : `${path} cannot be read (${error.code}).`,
      { cause: error },
    );
  });
  const cleanUp: (() => Promise<void>)[] = [() => file.close()];
  const close = async (): Promise<void> => {
    for (const step of cleanUp.splice(0)) await step();
  };
  try {
    const head = Buffer.alloc(4);
    await file.read(head, 0, 4, 0);
    if (head.readUInt32LE(0) !== 0x04034b50) {
      const { size } = await file.stat();
      return { arrays: [await storedArray(file, 'x', path, 0, size)], close };
    }
    const arrays: StoredArray[] = [];
    for (const entry of await listZip(file, path)) {
      if (!entry.name.endsWith('.npy')) continue;
      const name = entry.name.slice(0, -'.npy'.length);
      const label = `'${name}' in ${path}`;
      if (!entry.deflated) {
        arrays.push(await storedArray(file, name, label, entry.dataOffset, entry.bytes));
        continue;
      }
      const inflated = await inflate(path, entry, label);
      cleanUp.push(inflated.remove);
      arrays.push(await storedArray(inflated.file, name, label, 0, entry.bytes));
    }
    return { arrays, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** All arrays of a .npy or .npz file, whole. For small files; data sets are read by rows. */
export async function readArrays(path: string): Promise<NamedTensors> {
  const file = await openArrayFile(path);
  try {
    const named: Record<string, Tensor> = Object.create(null) as Record<string, Tensor>;
    for (const array of file.arrays) named[array.name] = await wholeArray(array);
    return named;
  } finally {
    await file.close();
  }
}

async function wholeArray(array: StoredArray): Promise<Tensor> {
  const tensor = await array.rows(0, array.shape[0] ?? 1);
  return { ...tensor, shape: array.shape };
}

/** Writes arrays as a .npz archive; the same arrays give the same bytes. */
export async function writeArrays(path: string, arrays: NamedTensors): Promise<void> {
  const entries = Object.entries(arrays).map(([name, tensor]) => ({
    name: `${name}.npy`,
    bytes: encodeNpy(tensor),
  }));
  await writeFile(path, storeZip(entries)).catch((error: NodeJS.ErrnoException) => {
    throw new AppError('file.unwritable', `${path} cannot be written (${error.code}).`, { cause: error });
  });
}

async function storedArray(
  file: FileHandle,
  name: string,
  label: string,
  offset: number,
  bytes: number,
): Promise<StoredArray> {
  const head = Buffer.alloc(Math.min(bytes, 64 * 1024 + 12));
  await file.read(head, 0, head.length, offset);
  const { dtype, shape, dataOffset } = parseNpyHeader(head, label);
  const rowShape = shape.slice(1);
  const rowBytes = elementCount(rowShape) * BYTES_PER_ELEMENT[dtype];
  const needed = elementCount(shape) * BYTES_PER_ELEMENT[dtype];
  if (bytes - dataOffset < needed || dtype === 'string')
    throw new AppError(
      'data.invalid',
      `${label} has ${bytes - dataOffset} bytes of elements where its shape [${shape}] needs ${needed}: it is cut off. Save it again.`,
    );
  return {
    name,
    dtype,
    shape,
    rows: async (start, end) => {
      const buffer = Buffer.alloc((end - start) * rowBytes);
      await file.read(buffer, 0, buffer.length, offset + dataOffset + start * rowBytes);
      return { dtype, shape: [end - start, ...rowShape], data: viewAs(dtype, buffer) };
    },
  };
}

/** Unpacks one entry to a private temporary file, never beyond the size that it claims. */
async function inflate(
  path: string,
  entry: ZipEntry,
  label: string,
): Promise<{ file: FileHandle; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'edgebench-npz-'));
  const target = join(folder, 'array.npy');
  let written = 0;
  const limit = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      written += chunk.length;
      if (written > Math.min(entry.bytes, MAX_INFLATED_BYTES)) done(new Error('larger than it claims'));
      else done(null, chunk);
    },
  });
  try {
    await pipeline(
      createReadStream(path, { start: entry.dataOffset, end: entry.dataOffset + entry.compressedBytes - 1 }),
      createInflateRaw(),
      limit,
      createWriteStream(target),
    );
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw new AppError(
      'data.invalid',
      `${label} cannot be unpacked: ${(error as Error).message}. Save it again with numpy.savez.`,
      { cause: error },
    );
  }
  const file = await open(target, 'r');
  return {
    file,
    remove: async () => {
      await file.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

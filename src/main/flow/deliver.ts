import { constants, createReadStream, createWriteStream } from 'node:fs';
import { copyFile, mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { AppError } from '@shared/error/app-error';
import type { VariantInfo } from '@shared/model/model';
import type { JobContext } from './jobs';

/** Larger files are copied in pieces, so that progress and cancel come through. */
const AT_ONCE_BYTES = 1 << 27;
const PIECE_BYTES = 1 << 22;

/** Puts variants where the user wants them: one file, or a folder with a file per recipe. Returns the paths. */
export async function deliver(
  variants: readonly VariantInfo[],
  out: string,
  job: Pick<JobContext, 'progress' | 'signal'>,
): Promise<string[]> {
  const target = resolve(out);
  const isFolder =
    variants.length > 1 || out.endsWith('/') || (await stat(target).catch(() => undefined))?.isDirectory();
  const files: string[] = [];
  try {
    for (const variant of variants) {
      const file = isFolder ? join(target, `${stem(variant.modelName)}.${variant.recipe}.tflite`) : target;
      await mkdir(dirname(file), { recursive: true });
      await copyWhole(variant.path, file, job);
      files.push(file);
    }
  } catch (error) {
    job.signal.throwIfAborted();
    throw new AppError(
      'file.unwritable',
      `${out} cannot be written (${(error as NodeJS.ErrnoException).code ?? 'error'}); choose another place with --out.`,
      { cause: error },
    );
  }
  return files;
}

/** The copy appears under its name when it is complete. */
async function copyWhole(
  from: string,
  to: string,
  { progress, signal }: Pick<JobContext, 'progress' | 'signal'>,
): Promise<void> {
  const part = `${to}.${process.pid}.part`;
  const { size } = await stat(from);
  try {
    if (size <= AT_ONCE_BYTES) await copyFile(from, part, constants.COPYFILE_FICLONE);
    else {
      let done = 0;
      const count = async function* (pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
        for await (const piece of pieces) {
          progress({ stage: 'deliver', message: `Writing ${to}`, fraction: done / size });
          done += piece.byteLength;
          yield piece;
        }
      };
      const source = createReadStream(from, { highWaterMark: PIECE_BYTES });
      await pipeline(source, count, createWriteStream(part, { highWaterMark: PIECE_BYTES }), { signal });
    }
    await rename(part, to);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

const stem = (name: string): string => name.replace(/\.(keras|h5|hdf5|json|tflite|pb)$/i, '') || 'model';

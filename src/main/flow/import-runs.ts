import { open, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { AppError } from '@shared/error/app-error';
import type { ImportResult, Store } from '../services/store';

/** Longest archive that is read; it is held in memory as a whole. */
const MAX_BYTES = 256 * 2 ** 20;

const unreadable = (file: string, why: string, cause?: unknown): AppError =>
  new AppError('file.unreadable', `${file} cannot be imported: ${why}.`, { cause });

/** Takes runs over from a file that `export` wrote. AppErrors `file.*` and `data.invalid`; entries are refused one by one. */
export async function importArchive(store: Store, path: string): Promise<ImportResult> {
  const file = resolve(path);
  const failed = (error: NodeJS.ErrnoException): never => {
    throw error.code === 'ENOENT'
      ? new AppError('file.not-found', `There is no file ${file}.`, { cause: error })
      : unreadable(file, `it cannot be read (${error.code ?? 'error'})`, error);
  };
  // Asked before it is opened: opening a pipe would wait for its other end.
  if (!(await stat(file).catch(failed)).isFile()) throw unreadable(file, 'it is not a file');
  const handle = await open(file, 'r').catch(failed);
  try {
    if ((await handle.stat()).size > MAX_BYTES)
      throw unreadable(file, 'it is larger than 256 MiB; export fewer runs at a time');
    return await store.import(await handle.readFile('utf8'));
  } finally {
    await handle.close();
  }
}

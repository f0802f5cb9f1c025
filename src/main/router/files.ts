import { readdir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, extname, join, resolve } from 'node:path';
import type { BrowseEntry } from '@shared/api/files';
import { AppError } from '@shared/error/app-error';
import type { Builder } from '.';

const MAX_ENTRIES = 5000;
const MODEL_ENDINGS = new Set(['.keras', '.h5', '.hdf5', '.tflite', '.pb']);
const DATA_ENDINGS = new Set(['.npz', '.npy', '.csv']);

/** What a name promises; the content decides when it is opened. */
async function kindOf(folder: string, name: string, isFolder: boolean): Promise<BrowseEntry['kind']> {
  if (isFolder) {
    const isSavedModel = await stat(join(folder, name, 'saved_model.pb')).then(
      () => true,
      () => false,
    );
    return isSavedModel ? 'model' : 'folder';
  }
  const ending = extname(name).toLowerCase();
  if (name === 'model.json' || MODEL_ENDINGS.has(ending)) return 'model';
  return DATA_ENDINGS.has(ending) ? 'data' : 'file';
}

export const filesRouter = (os: Builder) => ({
  browse: os.files.browse.handler(async ({ input }) => {
    const folder = resolve(input.folder ?? homedir());
    const found = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
      throw new AppError(
        'file.not-found',
        `The folder ${folder} cannot be read (${error.code ?? 'error'}).`,
        { cause: error },
      );
    });
    const shown = found.filter((entry) => !entry.name.startsWith('.')).slice(0, MAX_ENTRIES);
    const entries = await Promise.all(
      shown.map(async (entry): Promise<BrowseEntry> => {
        const path = join(folder, entry.name);
        const info = await stat(path).catch(() => undefined);
        const isFolder = info?.isDirectory() === true;
        const kind = await kindOf(folder, entry.name, isFolder);
        return { name: entry.name, path, kind, ...(info && !isFolder ? { bytes: info.size } : {}) };
      }),
    );
    const rank = (entry: BrowseEntry): number => ['model', 'folder', 'data', 'file'].indexOf(entry.kind);
    entries.sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1));
    const parent = dirname(folder);
    return { folder, entries, ...(parent === folder ? {} : { parent }) };
  }),
});

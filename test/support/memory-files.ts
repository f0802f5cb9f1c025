import type { ModelFiles } from '@main/ports/model-files';
import { AppError } from '@shared/error/app-error';

/** Model files that are in memory, by path with forward slashes: for fuzzing at speed. */
export function memoryFiles(contents: Readonly<Record<string, Uint8Array>>): ModelFiles {
  const paths = Object.keys(contents);
  const open: ModelFiles['open'] = (path) => {
    const bytes = contents[path];
    if (!bytes) throw new AppError('file.not-found', `there is no file '${path}'`);
    const part = (offset: number, length: number): Uint8Array => {
      if (!(offset >= 0 && length >= 0 && offset + length <= bytes.length))
        throw new AppError('file.unreadable', `'${path}' is damaged`);
      return bytes.slice(offset, offset + length);
    };
    return {
      path,
      size: bytes.length,
      read: part,
      readInto: (offset, target) => target.set(part(offset, target.length)),
      close: () => undefined,
    };
  };
  return {
    kind: (path) =>
      path in contents ? 'file' : paths.some((each) => each.startsWith(`${path}/`)) ? 'folder' : 'missing',
    open,
    openInside: (folder, path) => open(`${folder}/${path}`),
    list: (folder) => paths.filter((path) => path.startsWith(`${folder}/`)),
    parent: (path) => path.slice(0, path.lastIndexOf('/')),
    name: (path) => path.slice(path.lastIndexOf('/') + 1),
    join: (folder, name) => `${folder}/${name}`,
  };
}

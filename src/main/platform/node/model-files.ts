import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  opendirSync,
  readSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { ModelFile, ModelFiles } from '@main/ports/model-files';
import { AppError } from '@shared/error/app-error';

/** The model-file port on Node's file system. */
export const nodeModelFiles: ModelFiles = {
  kind(path) {
    try {
      const stat = statSync(path);
      return stat.isFile() ? 'file' : stat.isDirectory() ? 'folder' : 'other';
    } catch {
      return 'missing';
    }
  },
  open: openFile,
  openInside(folder, relativePath) {
    assertPlainRelativePath(relativePath);
    const path = join(folder, ...relativePath.split('/'));
    let inside: string;
    try {
      inside = relative(realpathSync(folder), realpathSync(path));
    } catch (cause) {
      throw notFound(path, cause);
    }
    if (inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside))
      throw new AppError(
        'file.unreadable',
        `'${relativePath}' leads out of the model's folder '${folder}', so it is not read: put the file itself there.`,
      );
    return openFile(path);
  },
  list(folder, limit) {
    const names: string[] = [];
    let directory;
    try {
      directory = opendirSync(folder);
    } catch (cause) {
      throw notFound(folder, cause);
    }
    try {
      for (let entry = directory.readSync(); entry && names.length < limit; entry = directory.readSync())
        names.push(entry.name);
    } finally {
      directory.closeSync();
    }
    return names.sort();
  },
  parent: (path) => dirname(resolve(path)),
  name: (path) => basename(resolve(path)),
  join: (folder, name) => join(folder, name),
};

function openFile(path: string): ModelFile {
  if (nodeModelFiles.kind(path) === 'missing') throw notFound(path, undefined);
  // A check before opening (a pipe blocks) and one after (what is there may have changed in between).
  if (nodeModelFiles.kind(path) !== 'file') throw notPlain(path);
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (cause) {
    throw new AppError('file.unreadable', `'${path}' cannot be opened: check its permissions.`, { cause });
  }
  const stat = fstatSync(fd);
  if (!stat.isFile()) {
    closeSync(fd);
    throw notPlain(path);
  }
  let open = true;
  const check = (offset: number, length: number): void => {
    if (!open) throw new Error(`'${path}' is read after it was closed`);
    if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(length) || offset < 0 || length < 0)
      throw outside(path, offset, length);
    if (offset + length > stat.size) throw outside(path, offset, length);
  };
  const fill = (offset: number, bytes: Uint8Array): void => {
    // One call reads at most 2 GiB, and may read less.
    for (let done = 0, length = bytes.byteLength; done < length;) {
      const count = readSync(fd, bytes, done, Math.min(length - done, 1 << 30), offset + done);
      if (count === 0) throw outside(path, offset, length);
      done += count;
    }
  };
  return {
    path,
    size: stat.size,
    read(offset, length) {
      check(offset, length);
      const bytes = new Uint8Array(length);
      fill(offset, bytes);
      return bytes;
    },
    readInto(offset, target) {
      check(offset, target.byteLength);
      fill(offset, target);
    },
    close() {
      if (open) closeSync(fd);
      open = false;
    },
  };
}

function assertPlainRelativePath(path: string): void {
  const parts = path.split('/');
  const plain =
    path !== '' &&
    !/[\\\0:]/.test(path) &&
    parts.every((part) => part !== '' && part !== '.' && part !== '..');
  if (!plain)
    throw new AppError(
      'file.unreadable',
      `the model refers to '${printable(path)}', which is no file in its own folder, so it is not read.`,
    );
}

const printable = (text: string): string => JSON.stringify(text.slice(0, 200)).slice(1, -1);

const notFound = (path: string, cause: unknown): AppError =>
  new AppError('file.not-found', `there is no file '${path}': check the path.`, { cause });

const notPlain = (path: string): AppError =>
  new AppError('file.unreadable', `'${path}' is not a plain file, so it is not a model.`);

const outside = (path: string, offset: number, length: number): AppError =>
  new AppError(
    'file.unreadable',
    `'${path}' is damaged: bytes ${offset} to ${offset + length} are asked for, which it does not have.`,
  );

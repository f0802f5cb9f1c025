import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { LocalFiles } from '@main/ports/local-files';
import { AppError } from '@shared/error/app-error';

const PIECE = 1 << 20;

export const nodeLocalFiles: LocalFiles = {
  async identify(path) {
    const hash = createHash('sha256');
    let bytes = 0;
    for await (const piece of nodeLocalFiles.read(path)) {
      hash.update(piece);
      bytes += piece.length;
    }
    return { path, sha256: hash.digest('hex'), bytes };
  },
  async *read(path) {
    const known = await stat(path).catch((cause: unknown) => {
      throw new AppError('file.not-found', `There is no file '${path}': check the path.`, { cause });
    });
    if (!known.isFile()) throw new AppError('file.unreadable', `'${path}' is not a plain file.`);
    try {
      for await (const piece of createReadStream(path, { highWaterMark: PIECE })) yield piece as Uint8Array;
    } catch (cause) {
      throw new AppError('file.unreadable', `'${path}' cannot be read: check its permissions.`, { cause });
    }
  },
};

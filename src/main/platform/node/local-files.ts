import { createHash } from 'node:crypto';
import { open, stat } from 'node:fs/promises';
import type { LocalFiles } from '@main/ports/local-files';
import { AppError } from '@shared/error/app-error';

const PIECE = 1 << 20;

export const nodeLocalFiles: LocalFiles = {
  async identify(path) {
    const file = await nodeLocalFiles.open(path);
    try {
      const hash = createHash('sha256');
      const piece = Buffer.allocUnsafe(PIECE);
      let bytes = 0;
      for (let got = PIECE; got === PIECE; bytes += got) {
        got = await file.readInto([piece]);
        hash.update(piece.subarray(0, got));
      }
      return { path, sha256: hash.digest('hex'), bytes };
    } finally {
      await file.close();
    }
  },
  async open(path, from = 0) {
    const known = await stat(path).catch((cause: unknown) => {
      throw new AppError('file.not-found', `There is no file '${path}': check the path.`, { cause });
    });
    if (!known.isFile()) throw new AppError('file.unreadable', `'${path}' is not a plain file.`);
    const unreadable = (cause: unknown): never => {
      throw new AppError('file.unreadable', `'${path}' cannot be read: check its permissions.`, { cause });
    };
    const file = await open(path).catch(unreadable);
    let at = from;
    return {
      async readInto(buffers) {
        let total = 0;
        let rest = buffers;
        while (rest.length > 0) {
          const { bytesRead } = await file.readv(rest, at).catch(unreadable);
          if (bytesRead === 0) break;
          total += bytesRead;
          at += bytesRead;
          rest = after(rest, bytesRead);
        }
        return total;
      },
      close: () => file.close(),
    };
  },
};

/** What is left of the buffers behind so many bytes. */
function after(buffers: readonly Uint8Array[], bytes: number): readonly Uint8Array[] {
  const left = [...buffers];
  for (let skip = bytes; skip > 0;) {
    const first = left[0] as Uint8Array;
    if (first.length > skip) left[0] = first.subarray(skip);
    else left.shift();
    skip -= Math.min(skip, first.length);
  }
  return left;
}

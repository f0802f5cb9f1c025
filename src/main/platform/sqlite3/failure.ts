import { AppError } from '@shared/error/app-error';
import type { SqlFailure } from '@main/ports/sql';

const REASONS: Record<string, SqlFailure> = {
  SQLITE_CORRUPT: 'damaged',
  SQLITE_NOTADB: 'damaged',
  SQLITE_FULL: 'full',
  SQLITE_BUSY: 'locked',
  SQLITE_LOCKED: 'locked',
  SQLITE_PROTOCOL: 'locked',
  SQLITE_READONLY: 'read-only',
  SQLITE_PERM: 'read-only',
  SQLITE_CANTOPEN: 'io',
  SQLITE_IOERR: 'io',
};

const SENTENCES: Record<SqlFailure, (path: string) => string> = {
  damaged: (path) =>
    `The database ${path} is damaged. Restart Edgebench: it keeps the file aside and recovers what can be read.`,
  full: (path) => `There is no space left to write to ${path}. Free some space, then try again.`,
  locked: (path) =>
    `Another program keeps the database ${path} locked. Close it (or the other Edgebench), then try again.`,
  'read-only': (path) =>
    `The database ${path} cannot be written. Check the permissions of the file and its folder.`,
  io: (path) =>
    `The database ${path} cannot be opened, read or written. Check that its disk is there and healthy.`,
  unavailable: () =>
    'The database engine of Edgebench is not built on this machine. Run its set-up again (npm run setup).',
};

export const sqlError = (reason: SqlFailure, path: string, cause: unknown): AppError =>
  new AppError('store.failed', SENTENCES[reason](path), { details: { reason, path }, cause });

/** Makes an AppError of what a user can meet; any other SQLite error is a bug and stays as it is. */
export function translated(error: unknown, path: string): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const reason = REASONS[code];
  return reason === undefined ? error : sqlError(reason, path, error);
}

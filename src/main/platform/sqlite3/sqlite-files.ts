import { access, copyFile, mkdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type sqlite3 from 'sqlite3';
import type { SqlDatabase, SqlFiles } from '@main/ports/sql';
import { inodeOf, Sqlite3Database } from './database';
import { sqlError, translated } from './failure';

const COMPANIONS = ['', '-wal', '-shm', '-journal'];
const BUSY_TIMEOUT_MS = 10_000;

// File system types of network drives, linux/magic.h: NFS, SMB, CIFS, SMB2, 9P. WAL needs shared memory, which they lack.
const NETWORK_TYPES = new Set([0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0x01021997]);

const sizeOf = async (path: string): Promise<number | undefined> => {
  try {
    return (await stat(path)).size;
  } catch {
    return undefined;
  }
};

async function onNetwork(path: string): Promise<boolean> {
  if (path.startsWith('\\\\')) return true;
  if (process.platform !== 'linux') return false;
  try {
    return NETWORK_TYPES.has(Number((await statfs(dirname(path))).type));
  } catch {
    return false;
  }
}

async function loadEngine(path: string): Promise<typeof sqlite3> {
  try {
    return (await import('sqlite3')).default;
  } catch (error) {
    throw sqlError('unavailable', path, error);
  }
}

async function open(path: string, options: { readOnly?: boolean } = {}): Promise<SqlDatabase> {
  const engine = await loadEngine(path);
  const readOnly = options.readOnly === true;
  if (!readOnly) {
    await mkdir(dirname(path), { recursive: true }).catch((error: unknown) => {
      throw sqlError('read-only', path, error);
    });
  }
  const mode = readOnly ? engine.OPEN_READONLY : engine.OPEN_READWRITE | engine.OPEN_CREATE;
  const native = await new Promise<sqlite3.Database>((resolve, reject) => {
    const handle = new engine.Database(path, mode | engine.OPEN_FULLMUTEX, (error) =>
      error ? reject(translated(error, path)) : resolve(handle),
    );
  });
  const database = new Sqlite3Database(native, path, await inodeOf(path));
  try {
    // Set before anything is read: a stranger's schema must not run functions, nor damaged cells be trusted.
    await database.script(
      `PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;
       PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;`,
    );
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}

async function setAside(path: string, suffix: string): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    const target = `${path}.${suffix}-${attempt}`;
    const free = await access(target).then(
      () => false,
      () => true,
    );
    if (!free) continue;
    for (const companion of COMPANIONS) {
      if ((await sizeOf(path + companion)) !== undefined) await rename(path + companion, target + companion);
    }
    return target;
  }
}

/** Databases in files, through the sqlite3 package. */
export const sqliteFiles: SqlFiles = {
  open,
  async state(path) {
    const bytes = await sizeOf(path);
    if (bytes === undefined) return { kind: 'missing', bytes: 0, onNetwork: await onNetwork(path) };
    // SQLite deletes the log when the last user closes the file.
    const log = (await sizeOf(`${path}-wal`)) ?? (await sizeOf(`${path}-journal`)) ?? 0;
    return { kind: log > 0 ? 'unclean' : 'clean', bytes, onNetwork: await onNetwork(path) };
  },
  setAside,
  async copy(from, to) {
    for (const companion of COMPANIONS) {
      if ((await sizeOf(from + companion)) !== undefined) await copyFile(from + companion, to + companion);
    }
  },
  async remove(path) {
    for (const companion of COMPANIONS) await rm(path + companion, { force: true });
  },
};

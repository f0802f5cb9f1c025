import { AppError } from '@shared/error/app-error';
import type { SqlDatabase, SqlFiles } from '@main/ports/sql';
import { migrate, MIGRATIONS, versionOf, type Migration } from './migrations';
import { recover } from './recover';

/** Below this size a whole check costs nothing that is felt. Larger files are checked after a kill. */
const ALWAYS_CHECKED_BYTES = 16 * 2 ** 20;

export interface OpenedDatabase {
  readonly database: SqlDatabase;
  /** What the user has to know: one sentence each. */
  readonly notices: readonly string[];
}

const isDamage = (error: unknown): boolean =>
  error instanceof AppError && error.code === 'store.failed' && error.details['reason'] === 'damaged';

const damage = (path: string, what: string): AppError =>
  new AppError('store.failed', `The database ${path} is damaged: ${what}.`, {
    details: { reason: 'damaged', path },
  });

async function check(database: SqlDatabase, path: string, whole: boolean): Promise<void> {
  // Edgebench makes neither, so somebody else did.
  const strange = await database.all(
    "SELECT name FROM sqlite_schema WHERE type IN ('trigger', 'view') LIMIT 1",
  );
  if (strange.length > 0) throw damage(path, 'it holds a trigger or a view');
  if (!whole) return;
  const rows = await database.all('PRAGMA quick_check(1)');
  const result = String(Object.values(rows[0] ?? {})[0] ?? 'no answer');
  if (result !== 'ok') throw damage(path, result);
}

async function backUp(files: SqlFiles, database: SqlDatabase, path: string, version: number): Promise<void> {
  const backup = `${path}.before-format-${version + 1}`;
  await files.remove(backup);
  await database.run('VACUUM INTO ?', [backup]);
}

async function openSound(
  files: SqlFiles,
  path: string,
  migrations: readonly Migration[],
): Promise<OpenedDatabase> {
  const state = await files.state(path);
  const database = await files.open(path);
  try {
    const version = await versionOf(database, path, migrations);
    await check(database, path, state.kind === 'unclean' || state.bytes <= ALWAYS_CHECKED_BYTES);
    // Only possible before the first table; later it would just write to the file.
    if (version === 0) await database.script('PRAGMA auto_vacuum = INCREMENTAL');
    // FULL makes a commit durable before it is acknowledged, in WAL too; fullfsync says the same on macOS.
    await database.script(
      `PRAGMA journal_mode = ${state.onNetwork ? 'DELETE' : 'WAL'};
       PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON;`,
    );
    if (version > 0 && version < migrations.length) await backUp(files, database, path, version);
    if (version < migrations.length) await migrate(database, path, migrations);
    const notices = state.onNetwork
      ? [
          `The database ${path} lies on a network drive: slower, and not for two programs at once. Prefer a local data folder.`,
        ]
      : [];
    return { database, notices };
  } catch (error) {
    await database.close().catch(() => undefined);
    throw error;
  }
}

/** Reads what can be read from a copy, so that the damaged file stays as it was found. */
async function recoverInto(files: SqlFiles, aside: string, database: SqlDatabase): Promise<number> {
  const copy = `${aside}.reading`;
  try {
    await files.copy(aside, copy);
    const damaged = await files.open(copy);
    try {
      return await recover(damaged, database);
    } finally {
      await damaged.close();
    }
  } catch {
    return 0;
  } finally {
    await files.remove(copy);
  }
}

/**
 * Opens the database, making or migrating it. A damaged one is kept aside under another name, and what can be read of it is
 * taken over. AppErrors: `store.newer`, `store.failed`; in both cases the file is as it was.
 */
export async function openDatabase(
  files: SqlFiles,
  path: string,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<OpenedDatabase> {
  try {
    return await openSound(files, path, migrations);
  } catch (error) {
    if (!isDamage(error)) throw error;
    const aside = await files.setAside(path, 'damaged');
    const opened = await openSound(files, path, migrations);
    const runs = await recoverInto(files, aside, opened.database);
    const notice = `The database was damaged. It is kept as ${aside}; ${runs === 1 ? '1 run was' : `${runs} runs were`} recovered from it.`;
    return { database: opened.database, notices: [notice, ...opened.notices] };
  }
}

import { AppError } from '@shared/error/app-error';
import type { SqlConnection, SqlDatabase } from '@main/ports/sql';

/** Marks a file as Edgebench's ("EBNC"), in SQLite's header. */
export const APPLICATION_ID = 0x45424e43;

export interface Migration {
  readonly name: string;
  readonly sql: string;
}

const files = import.meta.glob<string>('../../../../resources/migrations/*.sql', {
  query: '?raw',
  import: 'default',
  eager: true,
});

/** In order; append-only: a published one is never changed. Its number is the version of a file that has it. */
export const MIGRATIONS: readonly Migration[] = Object.keys(files)
  .sort()
  .map((path, index) => {
    const name = path.slice(path.lastIndexOf('/') + 1);
    if (Number(name.slice(0, 4)) !== index + 1) throw new Error(`migration ${name} is out of order`);
    return { name, sql: files[path]! };
  });

const pragma = async (connection: SqlConnection, name: string): Promise<number> =>
  Number(Object.values((await connection.all(`PRAGMA ${name}`))[0] ?? {})[0] ?? 0);

/** Version of a file: the count of its migrations, 0 for a new one. An AppError `store.newer` above ours. */
export async function versionOf(
  connection: SqlConnection,
  path: string,
  migrations = MIGRATIONS,
): Promise<number> {
  const version = await pragma(connection, 'user_version');
  const application = await pragma(connection, 'application_id');
  if (application !== APPLICATION_ID) {
    const tables = await connection.all('SELECT name FROM sqlite_schema LIMIT 1');
    if (application === 0 && version === 0 && tables.length === 0) return 0;
    throw new AppError(
      'store.failed',
      `${path} is a database of another program. Choose another data folder with --data-dir.`,
      { details: { reason: 'foreign', path } },
    );
  }
  if (version > migrations.length) {
    throw new AppError(
      'store.newer',
      `The database ${path} was written by a newer Edgebench (format ${version}, this one reads up to ${migrations.length}). Update Edgebench, or choose another data folder with --data-dir.`,
      { details: { path, version } },
    );
  }
  return version;
}

/** Brings a file up to date, all or nothing: a failure leaves it as it was, and is thrown as `store.failed`. */
export async function migrate(database: SqlDatabase, path: string, migrations = MIGRATIONS): Promise<void> {
  await database.transaction(async (connection) => {
    // Read again inside the transaction: another instance may have done it meanwhile.
    const version = await versionOf(connection, path, migrations);
    for (const migration of migrations.slice(version)) {
      try {
        await connection.script(migration.sql);
      } catch (error) {
        throw new AppError(
          'store.failed',
          `The database ${path} could not be brought up to date (${migration.name}); it is left as it was. Please report this.`,
          { details: { reason: 'migration', path, migration: migration.name }, cause: error },
        );
      }
    }
    await connection.script(
      `PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${migrations.length};`,
    );
  });
}

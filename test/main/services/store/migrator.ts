import { sqliteFiles } from '@main/platform/sqlite3/sqlite-files';
import { openDatabase } from '@main/services/store/open';
import { MIGRATIONS } from '@main/services/store/migrations';

// Brings a database up to a format of many statements; says when it has begun, and when it is done.
const statements = Array.from(
  { length: 400 },
  (_, i) => `CREATE TABLE extra_${i} (a TEXT); INSERT INTO extra_${i} SELECT hex(randomblob(2000)) FROM run;`,
);

async function migrateSlowly(path: string): Promise<void> {
  process.stdout.write('begun\n');
  const migration = { name: '9999-slow.sql', sql: statements.join('\n') };
  const { database } = await openDatabase(sqliteFiles, path, [...MIGRATIONS, migration]);
  await database.close();
  process.stdout.write('done\n');
}

void migrateSlowly(process.argv[2]!);

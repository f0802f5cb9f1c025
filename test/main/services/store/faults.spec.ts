import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sqliteFiles } from '@main/platform/sqlite3/sqlite-files';
import { AppError, isAppError } from '@shared/error/app-error';
import type { SqlConnection, SqlFiles } from '@main/ports/sql';
import { openStore } from '@main/services/store';
import { sampleRun } from '@test/support/sample-run';
import { sqliteMissing } from '@test/support/sqlite';
import { temporaryFolder } from '@test/support/temporary-folder';

/** Counts the statements of a real database, and lets the nth one (or all from it on) fail as on a full disk. */
function failing(nth: number, forEver: boolean): { files: SqlFiles; heal: () => void } {
  let count = 0;
  let healed = false;
  const strike = () => {
    count += 1;
    if (!healed && (forEver ? count >= nth : count === nth)) {
      throw new AppError('store.failed', 'There is no space left.', { details: { reason: 'full' } });
    }
  };
  const struck = (connection: SqlConnection): SqlConnection => ({
    run: async (sql, parameters) => (strike(), connection.run(sql, parameters)),
    all: async (sql, parameters) => (strike(), connection.all(sql, parameters)),
    script: async (sql) => (strike(), connection.script(sql)),
  });
  const files: SqlFiles = {
    ...sqliteFiles,
    async open(path, options) {
      strike();
      const database = await sqliteFiles.open(path, options);
      return {
        ...struck(database),
        transaction: (body) => database.transaction((connection) => body(struck(connection))),
        close: () => database.close(),
      };
    },
  };
  return { files, heal: () => (healed = true) };
}

interface Outcome {
  readonly acknowledged: string[];
  readonly errors: unknown[];
}

/** Opens the store and saves runs through failing files; after the fault has gone, once more. */
async function written(path: string, nth: number, forEver: boolean): Promise<Outcome> {
  const { files, heal } = failing(nth, forEver);
  const outcome: Outcome = { acknowledged: [], errors: [] };
  try {
    const store = await openStore(files, path);
    const save = async (id: string) => {
      try {
        await store.runs.save(sampleRun({ id }));
        outcome.acknowledged.push(id);
      } catch (error) {
        outcome.errors.push(error);
      }
    };
    for (let i = 0; i < 4; i += 1) await save(`run-${i}`);
    heal();
    await save('afterwards');
    await store.close();
  } catch (error) {
    outcome.errors.push(error);
  }
  return outcome;
}

describe.skipIf(sqliteMissing)(`a write that fails ${sqliteMissing ?? ''}`, () => {
  it.each([false, true])(
    'at any statement (for ever: %s) loses nothing acknowledged and leaves no half run',
    async (forEver) => {
      for (let nth = 1; nth < 50; nth += 3) {
        const path = join(temporaryFolder(), 'history.db');
        const { acknowledged, errors } = await written(path, nth, forEver);
        expect(errors.filter((error) => !isAppError(error))).toEqual([]);
        expect(errors.length).toBeGreaterThan(0);
        const again = await openStore(sqliteFiles, path);
        const stored = (await again.list()).runs.map((run) => run.id).reverse();
        expect(stored).toEqual(acknowledged);
        for (const id of stored) expect(await again.runs.get(id)).toEqual(sampleRun({ id }));
        await again.close();
      }
    },
  );
});

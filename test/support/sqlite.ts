import { createRequire } from 'node:module';

/** Why tests on real SQLite files cannot run here, or undefined. */
export const sqliteMissing: string | undefined = (() => {
  try {
    createRequire(import.meta.url)('sqlite3');
    return undefined;
  } catch {
    return 'the sqlite3 addon is not built (npm run setup)';
  }
})();

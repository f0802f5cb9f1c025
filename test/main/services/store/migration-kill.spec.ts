import { spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { sqliteFiles } from '@main/platform/sqlite3/sqlite-files';
import { openStore } from '@main/services/store';
import { MIGRATIONS } from '@main/services/store/migrations';
import { bundleScript } from '@test/support/bundle-script';
import { sampleRun } from '@test/support/sample-run';
import { sqliteMissing } from '@test/support/sqlite';

const ROUNDS = Number(process.env['EDGEBENCH_KILL_ROUNDS'] ?? 8);
const RUNS = 20;

/** Migrates and is killed so long after it began; answers whether it got done before. */
function killedMigrator(script: string, path: string, afterMs: number): Promise<boolean> {
  return new Promise((done, failed) => {
    const child = spawn(process.execPath, [script, path], { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      if (output === '') setTimeout(() => child.kill('SIGKILL'), afterMs);
      output += chunk.toString();
    });
    child.on('error', failed);
    child.on('close', () => done(output.includes('done')));
  });
}

describe.skipIf(sqliteMissing)(`kill -9 while migrating ${sqliteMissing ?? ''}`, () => {
  it(
    'leaves the old format or the new one, whole, and a backup of the old',
    async () => {
      // Inside the project, so that the script finds the packages.
      const folder = mkdtempSync(join(resolve(__dirname, '../../../..'), '.edgebench-migrate-'));
      onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
      const script = await bundleScript('test/main/services/store/migrator.ts', folder);
      const original = join(folder, 'original.db');
      const store = await openStore(sqliteFiles, original);
      for (let i = 0; i < RUNS; i += 1) await store.runs.save(sampleRun({ id: `run-${i}` }));
      await store.close();
      let interrupted = 0;
      for (let round = 0; round < ROUNDS; round += 1) {
        const path = join(folder, `round-${round}.db`);
        copyFileSync(original, path);
        const isDone = await killedMigrator(script, path, round * 12);
        const database = await sqliteFiles.open(path);
        const version = Number((await database.all('PRAGMA user_version'))[0]!['user_version']);
        const [{ tables }] = (await database.all(
          "SELECT count(*) AS tables FROM sqlite_schema WHERE name LIKE 'extra_%'",
        )) as [{ tables: number }];
        expect(await database.all('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
        expect([version, tables]).toEqual(
          version > MIGRATIONS.length ? [MIGRATIONS.length + 1, 400] : [MIGRATIONS.length, 0],
        );
        expect(isDone && version === MIGRATIONS.length).toBe(false);
        expect(await database.all('SELECT count(*) AS runs FROM run')).toEqual([{ runs: RUNS }]);
        await database.close();
        const backup = `round-${round}.db.before-format-${MIGRATIONS.length + 1}`;
        expect(version === MIGRATIONS.length || readdirSync(folder).includes(backup)).toBe(true);
        if (version > MIGRATIONS.length) continue;
        interrupted += 1;
        const again = await openStore(sqliteFiles, path);
        expect(again.notices).toEqual([]);
        expect(await again.runs.get('run-7')).toEqual(sampleRun({ id: 'run-7' }));
        await again.close();
      }
      expect(interrupted).toBeGreaterThan(0);
    },
    120_000 + ROUNDS * 2000,
  );
});

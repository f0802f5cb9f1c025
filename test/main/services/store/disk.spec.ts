import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { sqliteFiles } from '@main/platform/sqlite3/sqlite-files';
import type { SqlFiles } from '@main/ports/sql';
import { exportJson, openStore, type Store } from '@main/services/store';
import { sampleLaunch, sampleRun } from '@test/support/sample-run';
import { sqliteMissing } from '@test/support/sqlite';
import { temporaryFolder } from '@test/support/temporary-folder';

const command = (program: string, ...args: string[]): void =>
  void execFileSync(program, args, { stdio: 'ignore' });

/** A file system of its own in memory, gone when the test is over. Throws where it may not be mounted. */
function smallDisk(kib: number): string {
  const folder = temporaryFolder();
  command('mount', '-t', 'tmpfs', '-o', `size=${kib}k`, 'tmpfs', folder);
  onTestFinished(() => command('umount', '-l', folder));
  return folder;
}

const noDisks: string | undefined = (() => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    return 'file systems can be mounted by root only';
  const folder = mkdtempSync(join(tmpdir(), 'edgebench-mount-'));
  try {
    command('mount', '-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', folder);
    command('umount', folder);
    return undefined;
  } catch {
    return 'no file system can be mounted here';
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
})();

/** Saves runs until one is refused; answers those acknowledged, and the refusal. */
async function fill(store: Store): Promise<{ acknowledged: string[]; refusal: unknown }> {
  const acknowledged: string[] = [];
  for (;;) {
    const id = `run-${acknowledged.length}`;
    try {
      await store.runs.save(sampleRun({ id }));
      acknowledged.push(id);
    } catch (refusal) {
      return { acknowledged, refusal };
    }
  }
}

describe.skipIf(sqliteMissing ?? noDisks)(`a disk ${sqliteMissing ?? noDisks ?? ''}`, () => {
  it('that is full costs nothing acknowledged, and writing goes on once there is space', async () => {
    const folder = smallDisk(2048);
    const ballast = join(folder, 'ballast');
    writeFileSync(ballast, Buffer.alloc(1024 * 1024));
    const path = join(folder, 'history.db');
    const store = await openStore(sqliteFiles, path);
    const { acknowledged, refusal } = await fill(store);
    expect(refusal).toMatchObject({ code: 'store.failed', details: { reason: 'full' } });
    expect(acknowledged.length).toBeGreaterThan(0);
    // What could not be stored can still be read from memory, and what was stored from the disk.
    expect((await store.runs.get('run-0')).launches).toHaveLength(5);
    rmSync(ballast);
    await store.runs.save(sampleRun({ id: 'afterwards' }));
    await store.close();
    const again = await openStore(sqliteFiles, path);
    expect(again.notices).toEqual([]);
    const ids = (await again.list({}, { limit: 1000 })).runs.map((run) => run.id).reverse();
    expect(ids).toEqual([...acknowledged, 'afterwards']);
    await again.close();
  });

  it('that cannot be written says so, and works again when it can', async () => {
    const folder = smallDisk(2048);
    const path = join(folder, 'history.db');
    await (await openStore(sqliteFiles, path)).close();
    command('mount', '-o', 'remount,ro', folder);
    await expect(openStore(sqliteFiles, path)).rejects.toMatchObject({
      code: 'store.failed',
      message: expect.stringContaining(path),
    });
    command('mount', '-o', 'remount,rw', folder);
    const store = await openStore(sqliteFiles, path);
    await store.runs.save(sampleRun());
    await store.close();
  });
});

describe.skipIf(sqliteMissing)(`a database that another program keeps locked ${sqliteMissing ?? ''}`, () => {
  it('is waited for, then told about; writing goes on when it is free', async () => {
    const path = join(temporaryFolder(), 'history.db');
    const store = await openStore(sqliteFiles, path);
    const other = await sqliteFiles.open(path);
    await other.script('BEGIN IMMEDIATE');
    await expect(store.runs.save(sampleRun())).rejects.toMatchObject({
      code: 'store.failed',
      details: { reason: 'locked' },
      message: expect.stringContaining('Another program'),
    });
    const waiting = store.runs.save(sampleRun());
    await other.script('COMMIT');
    expect(await waiting).toBe(1);
    await other.close();
    await store.close();
  }, 60_000);
});

describe.skipIf(sqliteMissing ?? (process.platform === 'win32' ? 'open files cannot be moved' : undefined))(
  `a folder that vanishes ${sqliteMissing ?? ''}`,
  () => {
    it('is noticed before anything is acknowledged; writing goes on when it is back', async () => {
      const outer = temporaryFolder();
      const [folder, away] = [join(outer, 'data'), join(outer, 'away')];
      const store = await openStore(sqliteFiles, join(folder, 'history.db'));
      await store.runs.save(sampleRun());
      renameSync(folder, away);
      await expect(store.runs.save(sampleRun({ id: 'lost' }))).rejects.toMatchObject({
        code: 'store.failed',
        details: { reason: 'io' },
        message: expect.stringContaining('Check that its disk is there'),
      });
      // What is in memory can still be exported.
      let text = '';
      for await (const piece of exportJson([sampleRun({ id: 'lost' })])) text += piece;
      expect(text).toContain('lost');
      renameSync(away, folder);
      await store.runs.save(sampleRun({ id: 'found' }));
      await store.close();
      const again = await openStore(sqliteFiles, join(folder, 'history.db'));
      expect((await again.list()).runs.map(({ id }) => id)).toEqual(['found', 'run-1']);
      await again.close();
    });
  },
);

describe.skipIf(sqliteMissing)(`a database on a network drive ${sqliteMissing ?? ''}`, () => {
  it('is used without a write-ahead log, and told about', async () => {
    const path = join(temporaryFolder(), 'history.db');
    const files: SqlFiles = {
      ...sqliteFiles,
      state: async (file) => ({ ...(await sqliteFiles.state(file)), onNetwork: true }),
    };
    const store = await openStore(files, path);
    expect(store.notices).toEqual([expect.stringContaining('network drive')]);
    await store.runs.save(sampleRun());
    expect(existsSync(`${path}-wal`)).toBe(false);
    await store.close();
    const database = await sqliteFiles.open(path, { readOnly: true });
    expect(await database.all('PRAGMA journal_mode')).toEqual([{ journal_mode: 'delete' }]);
    await database.close();
  });
});

describe.skipIf(sqliteMissing)(`a history of which half is deleted ${sqliteMissing ?? ''}`, () => {
  it('while a run is written shrinks, and has neither gaps nor leftovers', async () => {
    const path = join(temporaryFolder(), 'history.db');
    const first = await openStore(sqliteFiles, path);
    const ids = Array.from({ length: 60 }, (_, i) => `run-${i}`);
    for (const id of ids) await first.runs.save(sampleRun({ id, launches: [sampleLaunch(0, 4e6, 20_000)] }));
    // Closing moves the log into the file.
    await first.close();
    const before = statSync(path).size;
    const store = await openStore(sqliteFiles, path);
    const half = ids.filter((_, i) => i % 2 === 0);
    const { launches, ...header } = sampleRun({ id: 'meanwhile' });
    await store.runs.begin(header);
    const writing = (async () => {
      for (const launch of launches) await store.runs.addLaunch('meanwhile', launch);
      await store.runs.finish(header);
    })();
    expect(await store.runs.delete(half)).toBe(half.length);
    await writing;
    const left = (await store.list({}, { limit: 1000 })).runs.map(({ id }) => id).reverse();
    expect(left).toEqual([...ids.filter((_, i) => i % 2 === 1), 'meanwhile']);
    expect(await store.runs.get('meanwhile')).toEqual(sampleRun({ id: 'meanwhile' }));
    await store.close();
    expect(statSync(path).size).toBeLessThan(before * 0.6);
    const database = await sqliteFiles.open(path, { readOnly: true });
    expect(await database.all('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
    expect(await database.all('SELECT count(*) AS count FROM launch')).toEqual([{ count: 30 + 5 }]);
    await database.close();
  }, 120_000);
});

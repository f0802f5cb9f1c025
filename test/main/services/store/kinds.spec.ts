import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { sqliteFiles } from '@main/platform/sqlite3/sqlite-files';
import { openStore } from '@main/services/store';
import { MIGRATIONS } from '@main/services/store/migrations';
import { openDatabase } from '@main/services/store/open';
import { sampleRun } from '@test/support/sample-run';
import { sqliteMissing } from '@test/support/sqlite';
import { temporaryFolder } from '@test/support/temporary-folder';

const DEVICES = ['one', 'two', 'three'];
const runAt = (i: number) => {
  const device = { ...sampleRun().device, serial: DEVICES[i % 3]! };
  const status = i % 4 === 0 ? ('interrupted' as const) : ('completed' as const);
  return sampleRun({ id: `run-${i}`, planId: `plan-${i % 5}`, device, status, launches: [] });
};

describe.skipIf(sqliteMissing)(`kinds of runs ${sqliteMissing ?? ''}`, () => {
  it('are made for the runs of a file from before there were kinds', async () => {
    const path = join(temporaryFolder(), 'history.db');
    const { database: old } = await openDatabase(sqliteFiles, path, MIGRATIONS.slice(0, 3));
    const columns = `id, name, plan_id, started_at, status, model_hash, model_name, variant_hash, recipe, device_serial, device_title, threads, delegate, profile`;
    for (let i = 0; i < 60; i += 1)
      await old.run(
        `INSERT INTO run (${columns}) VALUES (?, ?, ?, '2026', ?, ?, 'Digits', ?, 'int8', ?, 'Acme One', 1, 'cpu', 'quick')`,
        [
          `run-${i}`,
          `Digits ${i % 2}`,
          `plan-${i % 5}`,
          i % 4 === 0 ? 'failed' : 'completed',
          'a',
          'b',
          DEVICES[i % 3]!,
        ],
      );
    await old.close();
    const store = await openStore(sqliteFiles, path);
    onTestFinished(() => store.close());
    expect(await store.count()).toBe(60);
    expect(await store.count({ status: 'failed' })).toBe(15);
    expect(await store.count({ text: 'DIGITS 1', deviceSerial: 'two' })).toBe(10);
    expect(await store.count({ planId: 'plan-3', status: 'completed' })).toBe(9);
    const { runs } = await store.list({ status: 'failed', deviceSerial: 'one' }, { limit: 2 });
    expect(runs.map(({ id }) => id)).toEqual(['run-48', 'run-36']);
  });

  it('follow their runs: saved, finished, deleted', async () => {
    const path = join(temporaryFolder(), 'history.db');
    const store = await openStore(sqliteFiles, path);
    onTestFinished(() => store.close());
    for (let i = 0; i < 24; i += 1) await store.runs.save(runAt(i));
    const { launches: _launches, ...begun } = { ...runAt(99), status: 'completed' as const };
    await store.runs.begin(begun);
    expect(await store.count({ status: 'interrupted' })).toBe(7);
    await store.runs.finish(begun);
    expect(await store.count({ status: 'interrupted' })).toBe(6);
    await store.runs.delete(['run-0', 'run-4', 'run-8', 'run-12', 'run-16', 'run-20']);
    expect(await store.count({ status: 'interrupted' })).toBe(0);
    expect(await store.count({ text: 'two' })).toBe(6);
    const database = await sqliteFiles.open(path, { readOnly: true });
    onTestFinished(() => database.close());
    const kinds = await database.all(
      'SELECT runs, (SELECT count(*) FROM run WHERE run.kind = run_kind.kind) AS there FROM run_kind',
    );
    expect(kinds.map(({ runs }) => runs)).toEqual(kinds.map(({ there }) => there));
  });

  it('gives the same runs page by page as at once', async () => {
    const store = await openStore(sqliteFiles, join(temporaryFolder(), 'history.db'));
    onTestFinished(() => store.close());
    for (let i = 0; i < 30; i += 1) await store.runs.save(runAt(i));
    for (const filter of [
      {},
      { status: 'completed' as const },
      { planId: 'plan-2' },
      { text: 'th' },
      { text: 'emu' },
    ]) {
      const whole = await store.list(filter, { limit: 100 });
      const ids: string[] = [];
      let before: number | undefined;
      do {
        const page = await store.list(filter, { limit: 4, ...(before === undefined ? {} : { before }) });
        expect(page.total).toBe(whole.total);
        ids.push(...page.runs.map(({ id }) => id));
        before = page.next;
      } while (before !== undefined);
      expect(ids).toEqual(whole.runs.map(({ id }) => id));
    }
  });
});

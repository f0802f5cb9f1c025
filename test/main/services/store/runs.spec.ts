import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { sqliteFiles } from '@main/platform/sqlite3/sqlite-files';
import { openStore, type Store } from '@main/services/store';
import { sampleLaunch, sampleRun } from '@test/support/sample-run';
import { sqliteMissing } from '@test/support/sqlite';
import { temporaryFolder } from '@test/support/temporary-folder';

async function emptyStore(): Promise<Store> {
  const store = await openStore(sqliteFiles, join(temporaryFolder(), 'history.db'));
  onTestFinished(() => store.close());
  return store;
}

const headerOf = ({ launches: _launches, ...header }: ReturnType<typeof sampleRun>) => header;

describe.skipIf(sqliteMissing)(`runs in SQLite ${sqliteMissing ?? ''}`, () => {
  it('gives back a run exactly, with its raw samples', async () => {
    const store = await emptyStore();
    const run = sampleRun();
    await store.runs.save(run);
    expect(await store.runs.get('run-1')).toEqual(run);
  });

  it('computes the summary from the samples by nearest rank', async () => {
    const store = await emptyStore();
    const samplesNs = Array.from({ length: 200 }, (_, i) => (200 - i) * 10);
    await store.runs.save(sampleRun({ launches: [{ ...sampleLaunch(0), samplesNs }] }));
    const [summary] = (await store.list()).runs;
    expect(summary?.latency).toEqual({
      samples: 200,
      launches: 1,
      minNs: 10,
      maxNs: 2000,
      meanNs: 1005,
      p50Ns: 1000,
      p90Ns: 1800,
      p95Ns: 1900,
      // 662 samples would be needed.
      p99Ns: null,
    });
  });

  it.each([
    `'); DROP TABLE run;--`,
    'a\0b',
    'lone \ud800 surrogate \udc00',
    '\u202Ereversed 🙂 <img src=x onerror=alert(1)>',
    '',
    'x'.repeat(1_000_000),
  ])('stores and lists the name %# exactly', async (name) => {
    const store = await emptyStore();
    await store.runs.save(sampleRun({ name, model: { ...sampleRun().model, name } }));
    expect((await store.runs.get('run-1')).name === name).toBe(true);
    const [summary] = (await store.list()).runs;
    expect(summary?.name === name && summary.modelName === name).toBe(true);
  });

  it('counts a begun run as interrupted until it is finished, and never averages it', async () => {
    const store = await emptyStore();
    const run = sampleRun();
    await store.runs.begin(headerOf(run));
    await store.runs.addLaunch(run.id, run.launches[0]!);
    const [begun] = (await store.list()).runs;
    expect(begun).toMatchObject({ status: 'interrupted', latency: null });
    expect((await store.runs.get(run.id)).launches).toEqual([run.launches[0]]);

    for (const launch of run.launches.slice(1)) await store.runs.addLaunch(run.id, launch);
    await store.runs.finish(headerOf(run));
    expect(await store.runs.get(run.id)).toEqual(run);
    expect((await store.list({ status: 'completed' })).runs[0]?.latency).toMatchObject({
      samples: 700,
      launches: 5,
    });
  });

  it('leaves quarantined launches out of the summary and keeps their samples', async () => {
    const store = await emptyStore();
    const hot = {
      ...sampleLaunch(1, 9_000_000),
      status: 'quarantined' as const,
      reason: 'thermal status rose to 2',
    };
    await store.runs.save(sampleRun({ launches: [sampleLaunch(0), hot] }));
    const [summary] = (await store.list()).runs;
    expect(summary?.latency).toMatchObject({ samples: 140, launches: 1 });
    expect((await store.runs.get('run-1')).launches[1]).toEqual(hot);
  });

  it('refuses a bad sample as a whole', async () => {
    const store = await emptyStore();
    const broken = sampleRun({
      launches: [sampleLaunch(0), { ...sampleLaunch(1), samplesNs: [Number.NaN] }],
    });
    await expect(store.runs.save(broken)).rejects.toMatchObject({ code: 'data.invalid' });
    expect(await store.count()).toBe(0);
  });

  it('pages through filters, newest first', async () => {
    const store = await emptyStore();
    for (let i = 0; i < 25; i += 1) {
      await store.runs.save(
        sampleRun({
          id: `run-${i}`,
          name: i % 2 === 0 ? `Even 100% #${i}` : `odd_${i}`,
          status: i % 5 === 0 ? 'interrupted' : 'completed',
          launches: [sampleLaunch(0, 4_000_000, 11)],
        }),
      );
    }
    const first = await store.list({}, { limit: 10 });
    const second = await store.list({}, { limit: 10, before: first.next! });
    const third = await store.list({}, { limit: 10, before: second.next! });
    const ids = [first, second, third].flatMap((page) => page.runs.map((run) => run.id));
    expect(ids).toEqual(Array.from({ length: 25 }, (_, i) => `run-${24 - i}`));
    expect(third.next).toBeUndefined();
    expect(await store.count({ status: 'interrupted' })).toBe(5);
    expect(await store.count({ text: 'eVeN 1' })).toBe(13);
    expect(await store.count({ text: '0%' })).toBe(13);
    expect(await store.count({ text: 'd_' })).toBe(12);
    expect(await store.count({ text: '"' })).toBe(0);
    expect(await store.count({ text: '" OR 1', status: 'completed' })).toBe(0);
    expect(await store.count({ text: 'even', status: 'interrupted', deviceSerial: 'emulator-5554' })).toBe(3);
  });

  it('finds a run by the beginning of its id', async () => {
    const store = await emptyStore();
    await store.runs.save(sampleRun({ id: 'abc-1' }));
    await store.runs.save(sampleRun({ id: 'abc-2' }));
    expect(await store.runs.resolve('abc-2')).toBe('abc-2');
    await expect(store.runs.resolve('abc')).rejects.toMatchObject({ code: 'usage.wrong' });
    await expect(store.runs.resolve('%')).rejects.toMatchObject({ code: 'run.not-found' });
    await expect(store.runs.get('nothing')).rejects.toMatchObject({ code: 'run.not-found' });
  });

  it('deletes runs with everything that belongs to them while another is written', async () => {
    const store = await emptyStore();
    for (let i = 0; i < 6; i += 1) await store.runs.save(sampleRun({ id: `run-${i}`, name: `name ${i}` }));
    const [deleted] = await Promise.all([
      store.runs.delete(['run-0', 'run-2', 'run-4', 'unknown']),
      store.runs.save(sampleRun({ id: 'run-6' })),
    ]);
    expect(deleted).toBe(3);
    expect((await store.list()).runs.map((run) => run.id)).toEqual(['run-6', 'run-5', 'run-3', 'run-1']);
    expect(await store.count({ text: 'name 0' })).toBe(0);
    expect((await store.runs.get('run-6')).launches).toHaveLength(5);
  });

  it('takes the largest of the last ten A/A differences as the noise floor', async () => {
    const store = await emptyStore();
    expect(await store.noiseFloors.get('s', 'standard')).toBeUndefined();
    for (const difference of [50, -3, 1, 1, 1, 1, 1, 1, 1, 1, 2])
      await store.noiseFloors.add('s', 'standard', difference);
    expect(await store.noiseFloors.get('s', 'standard')).toBe(3);
  });
});

import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { sqliteFiles } from '@main/platform/sqlite3/sqlite-files';
import { importArchive } from '@main/flow/import-runs';
import { exportCsv, exportJson, openStore, type Store } from '@main/services/store';
import { csvCell } from '@main/services/store/export';
import { sampleRun } from '@test/support/sample-run';
import { sqliteMissing } from '@test/support/sqlite';
import { temporaryFolder } from '@test/support/temporary-folder';

async function emptyStore(): Promise<Store> {
  const store = await openStore(sqliteFiles, join(temporaryFolder(), 'history.db'));
  onTestFinished(() => store.close());
  return store;
}

const joined = async (pieces: AsyncIterable<string>): Promise<string> => {
  let text = '';
  for await (const piece of pieces) text += piece;
  return text;
};

describe('cells of a CSV file', () => {
  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', ' =1', '＝1', '\u0000=1'])('neutralises %j', (name) => {
    expect(csvCell(name)).toBe(`"'${name}"`);
  });

  it.each([
    ['plain', 'plain'],
    ['a,b', '"a,b"'],
    ['say "hi"', '"say ""hi"""'],
    ['two\nlines', '"two\nlines"'],
    ['a-b', 'a-b'],
  ])('writes %j as %j', (name, cell) => {
    expect(csvCell(name)).toBe(cell);
  });
});

describe('CSV export', () => {
  it('has one row per raw sample', async () => {
    const { variant } = sampleRun();
    const run = sampleRun({ name: '=cmd()', variant: { ...variant, validation: 'failed' } });
    const lines = (await joined(exportCsv([run]))).trimEnd().split('\r\n');
    expect(lines).toHaveLength(1 + 5 * 140);
    expect(lines[1]).toBe(
      `run-1,"'=cmd()",digits,int8,One,1,completed,failed,0,completed,0,${run.launches[0]!.samplesNs[0]}`,
    );
  });
});

describe.skipIf(sqliteMissing)(`archives ${sqliteMissing ?? ''}`, () => {
  it('come back exactly, lone surrogates too', async () => {
    const store = await emptyStore();
    const runs = [
      sampleRun({ name: 'a\ud800"</script>' }),
      sampleRun({ id: 'run-2', status: 'interrupted', reason: 'device lost' }),
    ];
    const result = await store.import(await joined(exportJson(runs)));
    expect(result).toEqual({ imported: ['run-1', 'run-2'], refused: [] });
    expect(await store.runs.get('run-1')).toEqual(runs[0]);
    expect(await store.runs.get('run-2')).toEqual(runs[1]);
  });

  it('refuse changed, known and invalid entries one by one', async () => {
    const store = await emptyStore();
    const good = sampleRun();
    const hostile = { ...sampleRun({ id: 'bad' }), threads: -1 };
    const archive = JSON.parse(
      await joined(exportJson([good, good, hostile, sampleRun({ id: 'changed' })])),
    ) as {
      runs: { sha256: string; run: string }[];
    };
    archive.runs[3]!.run = archive.runs[3]!.run.replace('digits', 'digit5');
    archive.runs.push(null as never);
    const result = await store.import(JSON.stringify(archive));
    expect(result.imported).toEqual(['run-1']);
    expect(result.refused.map(({ entry }) => entry)).toEqual([2, 3, 4, 5]);
    expect(result.refused[1]?.reason).toContain('threads');
    expect(result.refused[2]?.reason).toContain('hash');
    expect(await store.count()).toBe(1);
  });

  it.each([
    '',
    '{',
    '[]',
    '{"format":"other","version":1,"runs":[]}',
    '{"format":"edgebench-runs","version":9,"runs":[]}',
  ])('refuse %j as a whole', async (text) => {
    const store = await emptyStore();
    await expect(store.import(text)).rejects.toMatchObject({ code: 'data.invalid' });
  });

  it('do not touch Object.prototype', async () => {
    const store = await emptyStore();
    const text = `{"format":"edgebench-runs","version":1,"__proto__":{"polluted":1},"runs":[{"__proto__":{"polluted":1}}]}`;
    expect((await store.import(text)).imported).toEqual([]);
    expect('polluted' in {}).toBe(false);
  });

  it('compute every figure anew, whatever the archive says of it', async () => {
    const store = await emptyStore();
    const forged = { ...sampleRun(), latency: { p50Ns: 1 }, summary: { p50Ns: 1 }, p50_ns: 1 };
    const text = JSON.stringify(forged);
    const sha256 = createHash('sha256').update(text).digest('hex');
    const archive = { format: 'edgebench-runs', version: 1, runs: [{ sha256, run: text }] };
    expect((await store.import(JSON.stringify(archive))).imported).toEqual(['run-1']);
    const honest = await emptyStore();
    await honest.runs.save(sampleRun());
    expect((await store.list()).runs[0]?.latency).toEqual((await honest.list()).runs[0]?.latency);
    expect(await store.runs.get('run-1')).toEqual(sampleRun());
  });

  it('are read from regular files of a bounded size only, and take no name from inside', async () => {
    const store = await emptyStore();
    const folder = temporaryFolder();
    const huge = join(folder, 'huge.json');
    writeFileSync(huge, '');
    truncateSync(huge, 300 * 2 ** 20);
    await expect(importArchive(store, huge)).rejects.toMatchObject({ code: 'file.unreadable' });
    await expect(importArchive(store, folder)).rejects.toMatchObject({ code: 'file.unreadable' });
    await expect(importArchive(store, join(folder, 'none'))).rejects.toMatchObject({
      code: 'file.not-found',
    });
    const zip = join(folder, 'slip.zip');
    writeFileSync(
      zip,
      Buffer.concat([Buffer.from('PK\u0003\u0004'), Buffer.from('../../evil'), Buffer.alloc(100)]),
    );
    await expect(importArchive(store, zip)).rejects.toMatchObject({ code: 'data.invalid' });
    // An id is no path: it cannot even hold a slash.
    const path = join(folder, 'slip.json');
    writeFileSync(path, await joined(exportJson([sampleRun({ id: '../../evil' })])));
    expect(await importArchive(store, path)).toMatchObject({ imported: [], refused: [{ entry: 1 }] });
    expect(readdirSync(folder).sort()).toEqual(['huge.json', 'slip.json', 'slip.zip']);
  });

  it.skipIf(process.platform === 'win32')('are not waited for at the end of a pipe', async () => {
    const pipe = join(temporaryFolder(), 'pipe.json');
    execFileSync('mkfifo', [pipe]);
    await expect(importArchive(await emptyStore(), pipe)).rejects.toMatchObject({ code: 'file.unreadable' });
  });
});

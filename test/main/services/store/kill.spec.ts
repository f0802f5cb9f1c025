import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { RunSummary } from '@shared/model/run';
import { sqliteFiles } from '@main/platform/sqlite3/sqlite-files';
import { openStore, type Store } from '@main/services/store';
import { bundleScript } from '@test/support/bundle-script';
import { sampleRun } from '@test/support/sample-run';
import { sqliteMissing } from '@test/support/sqlite';

/** More of them by the environment: 500 take about five minutes. */
const ROUNDS = Number(process.env['EDGEBENCH_KILL_ROUNDS'] ?? 12);

/** Starts the writer and kills it after it has acknowledged some runs and a moment more; answers what it acknowledged. */
function killedWriter(
  script: string,
  path: string,
  prefix: string,
  acknowledgements: number,
  moreMs: number,
): Promise<string[]> {
  return new Promise((done, failed) => {
    const child = spawn(process.execPath, [script, path, prefix], { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    let dying = false;
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (dying || output.split('\n').length <= acknowledgements) return;
      dying = true;
      setTimeout(() => child.kill('SIGKILL'), moreMs);
    });
    child.on('error', failed);
    child.on('close', () => done(output.split('\n').slice(0, -1)));
  });
}

async function allRuns(store: Store): Promise<RunSummary[]> {
  const runs: RunSummary[] = [];
  for (let before: number | undefined; ;) {
    const page = await store.list({}, { limit: 500, ...(before === undefined ? {} : { before }) });
    runs.push(...page.runs);
    if (page.next === undefined) return runs;
    before = page.next;
  }
}

describe.skipIf(sqliteMissing)(`kill -9 while writing ${sqliteMissing ?? ''}`, () => {
  it(
    'loses no acknowledged run and shows no unfinished one as finished',
    async () => {
      // Inside the project, so that the script finds the packages.
      const folder = mkdtempSync(join(resolve(__dirname, '../../../..'), '.edgebench-kill-'));
      onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
      const script = await bundleScript('test/main/services/store/writer.ts', folder);
      const path = join(folder, 'history.db');
      const acknowledged: string[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        acknowledged.push(
          ...(await killedWriter(script, path, `round${round}`, (round % 4) + 1, (round * 7) % 23)),
        );
        const store = await openStore(sqliteFiles, path);
        expect(store.notices).toEqual([]);
        const runs = await allRuns(store);
        const unfinished = runs.filter(({ status }) => status !== 'completed');
        expect(
          unfinished.filter(({ status, latency }) => status !== 'interrupted' || latency !== null),
        ).toEqual([]);
        const completed = new Set(runs.filter(({ status }) => status === 'completed').map(({ id }) => id));
        expect(acknowledged.filter((id) => !completed.has(id))).toEqual([]);
        const last = acknowledged.at(-1)!;
        expect(await store.runs.get(last)).toEqual(sampleRun({ id: last }));
        await store.close();
      }
      expect(acknowledged.length).toBeGreaterThanOrEqual(ROUNDS);
    },
    120_000 + ROUNDS * 2000,
  );
});

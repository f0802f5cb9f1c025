import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { sqliteFiles } from '@main/platform/sqlite3/sqlite-files';
import { openStore } from '@main/services/store';
import { bundleScript } from '@test/support/bundle-script';
import { sampleRun } from '@test/support/sample-run';
import { sqliteMissing } from '@test/support/sqlite';

/** Every call of the system with 1, every third one otherwise unless said. */
const STEP = process.env['EDGEBENCH_FAIL_STEP'] ?? '3';

const missing: string | undefined = (() => {
  if (sqliteMissing) return sqliteMissing;
  if (process.platform !== 'linux') return 'calls of the system are replaced on Linux only';
  try {
    execFileSync('cc', ['--version'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'there is no C compiler';
  }
})();

interface Round {
  readonly nth: number;
  readonly path: string;
  readonly calls: number;
  readonly acknowledged: string[];
  readonly errors: string[];
  readonly recovered: boolean;
}

async function rounds(folder: string): Promise<Round[]> {
  const shim = join(folder, 'failing-io.so');
  const control = join(folder, 'control');
  const work = join(folder, 'work');
  mkdirSync(work);
  writeFileSync(control, Buffer.alloc(24));
  execFileSync('cc', ['-shared', '-fPIC', '-O1', '-o', shim, join(__dirname, 'failing-io.c'), '-ldl']);
  const script = await bundleScript('test/main/services/store/failing-writer.ts', folder);
  const child = spawn(process.execPath, [script, work, control], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, LD_PRELOAD: shim, EDGEBENCH_FAIL_CONTROL: control, EDGEBENCH_FAIL_STEP: STEP },
  });
  let output = '';
  child.stdout.on('data', (part: Buffer) => (output += part.toString()));
  const code = await new Promise((done) => child.once('close', done));
  expect(code).toBe(0);
  return output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Round);
}

describe.skipIf(missing)(`opens, writes and syncs that fail ${missing ?? ''}`, () => {
  it('cost nothing that was acknowledged, are told, and are over when the fault is', async () => {
    // Inside the project, so that the script finds the packages.
    const folder = mkdtempSync(join(resolve(__dirname, '../../../..'), '.edgebench-fail-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const all = await rounds(folder);
    // The faults did strike, early and late, and some runs were saved in spite of them.
    const struck = all.filter(({ calls, nth }) => calls >= nth);
    expect(struck.length).toBeGreaterThan(20);
    expect(struck.filter(({ errors }) => errors.length > 0).length).toBeGreaterThan(20);
    expect(all.flatMap(({ errors }) => errors).filter((error) => error !== 'store.failed')).toEqual([]);
    expect(all.filter(({ recovered }) => !recovered)).toEqual([]);
    for (const { path, acknowledged } of all) {
      const store = await openStore(sqliteFiles, path);
      const stored = (await store.list()).runs.map(({ id }) => id).reverse();
      expect({ path, lost: acknowledged.filter((id) => !stored.includes(id)) }).toEqual({ path, lost: [] });
      for (const id of stored) expect(await store.runs.get(id)).toEqual(sampleRun({ id }));
      await store.close();
    }
  }, 300_000);
});

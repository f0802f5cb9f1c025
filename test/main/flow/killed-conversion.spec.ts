import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { Jobs } from '@main/flow/jobs';
import { removeStaleParts } from '@main/flow/variant-files';
import { loadRecipes } from '@main/platform/node/recipes';
import { callWorker } from '@main/platform/node/worker-call';
import type { WorkerLauncher } from '@main/ports/worker';
import type { Job } from '@shared/model/job';
import { FUZZ_SEED, fuzzBudget, seededRandom } from '@test/support/random';
import { sparseDense } from '@test/support/sparse-dense';
import { temporaryFolder } from '@test/support/temporary-folder';
import { testLauncher } from '@test/support/worker-bundle';

const LONGEST_DELAY_MS = 600;
const isPart = (name: string): boolean => name.endsWith('.part');

/** A launcher whose workers are killed when `moment` resolves, as by kill -9. */
const killing = (launcher: WorkerLauncher, moment: () => Promise<unknown>): WorkerLauncher => ({
  start(kind, events) {
    const worker = launcher.start(kind, events);
    void moment().then(() => worker.kill());
    return worker;
  },
});

describe('a conversion whose process is killed', () => {
  const recipes = loadRecipes('resources', 'none').filter(({ name }) => name === 'float32');
  let launcher: WorkerLauncher;

  beforeAll(async () => {
    launcher = await testLauncher();
  }, 120_000);

  async function convert(outFolder: string, moment: (cancel: () => void) => Promise<unknown>): Promise<Job> {
    const jobs = new Jobs();
    const model = sparseDense(4096, 4096);
    const { id } = jobs.start({
      kind: 'convert',
      title: 'killed',
      run: async ({ signal }) => {
        await callWorker(
          killing(launcher, () => moment(() => jobs.cancel(id))),
          {
            kind: 'convert',
            request: { model, recipes, outFolder },
            title: 'The converter',
            timeoutMs: 60_000,
            signal,
          },
        );
      },
    });
    let last: Job | undefined;
    for await (const job of jobs.watch(id)) last = job;
    if (!last) throw new Error('a job was never told of');
    return last;
  }

  /** Every file under a final name is whole: its name is the hash of what it holds. */
  function expectWhole(folder: string): void {
    const names = readdirSync(folder).filter((name) => !isPart(name));
    for (const name of names) {
      const hash = createHash('sha256')
        .update(readFileSync(join(folder, name)))
        .digest('hex');
      expect(name).toBe(`${hash}.tflite`);
    }
  }

  async function partAppears(folder: string): Promise<void> {
    while (!readdirSync(folder).some(isPart)) await sleep(1);
  }

  it('fails as a job, while it writes leaves nothing under a final name, and what it leaves is removed', async () => {
    const folder = temporaryFolder();
    const job = await convert(folder, () => partAppears(folder));
    expect(job).toMatchObject({ state: 'failed', error: { code: 'runtime.failed' } });
    expect(job.error?.message).toMatch(/SIGKILL|exit status/);
    expectWhole(folder);
    expect(readdirSync(folder).some(isPart)).toBe(true);
    await removeStaleParts(folder);
    expect(readdirSync(folder).filter(isPart)).toEqual([]);
    expect((await convert(folder, () => new Promise(() => undefined))).state).toBe('done');
    expect(readdirSync(folder)).toHaveLength(1);
    expectWhole(folder);
  });

  it('is whole or failed at random moments', async () => {
    const random = seededRandom(FUZZ_SEED);
    const folder = temporaryFolder();
    for (let i = 0; i < Math.min(100, fuzzBudget(8)); i++) {
      const job = await convert(folder, () => sleep(random() * LONGEST_DELAY_MS));
      expect(['failed', 'done']).toContain(job.state);
      expectWhole(folder);
    }
    await removeStaleParts(folder);
    expect(readdirSync(folder).filter(isPart)).toEqual([]);
  });

  it('ends without finishing when it is cancelled while it writes', async () => {
    const folder = temporaryFolder();
    const job = await convert(folder, async (cancel) => {
      await partAppears(folder);
      cancel();
    });
    expect(job.state).toBe('cancelled');
    expect(readdirSync(folder).filter((name) => !isPart(name))).toEqual([]);
  });

  it('leaves files of living processes and those of others alone', async () => {
    const folder = temporaryFolder();
    mkdirSync(folder, { recursive: true });
    const kept = [`.${process.pid}-1.part`, `.${process.pid}-1.part.${process.pid}.part`, 'mine.part'];
    for (const name of kept) writeFileSync(join(folder, name), '');
    writeFileSync(join(folder, '.2147483646-1.part'), '');
    writeFileSync(join(folder, '.2147483646-1.part.2147483646.part'), '');
    await removeStaleParts(folder);
    expect(readdirSync(folder).sort()).toEqual(kept.sort());
    expect(existsSync(folder)).toBe(true);
  });
});

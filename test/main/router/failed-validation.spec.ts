import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Job } from '@shared/model/job';
import { ended, testApp } from '@test/support/app';
import { appRoot, prepareRunner } from '@test/support/runner';
import { sqliteMissing } from '@test/support/sqlite';
import { temporaryFolder } from '@test/support/temporary-folder';

const missing = sqliteMissing ?? prepareRunner();

describe.skipIf(missing)(`variants that failed validation ${missing ?? ''}`, { timeout: 300_000 }, () => {
  it('are measured only with the override, and are marked in the history', async () => {
    const dataDir = temporaryFolder();
    // No variant can reach this.
    writeFileSync(join(dataDir, 'marks.json'), JSON.stringify({ minCosine: 1.5 }));
    const { app, client } = await testApp(dataDir);
    onTestFinished(() => app.close());
    const benchmark = async (allowFailedValidation: boolean): Promise<Job> => {
      const job = await client.jobs.benchmark({
        model: join(appRoot, 'resources/samples/digits/saved_model'),
        recipes: ['float32'],
        devices: ['this-computer'],
        profile: 'demo',
        allowFailedValidation,
      });
      return ended(client, job);
    };
    const refused = await benchmark(false);
    expect(refused).toMatchObject({ state: 'failed', error: { code: 'validate.failed' } });
    expect((await client.runs.list({})).runs).toEqual([]);
    const [variant] = await client.models.variants({});
    expect(variant?.validation).toMatchObject({ status: 'failed', marks: { minCosine: 1.5 } });

    expect(await benchmark(true)).toMatchObject({ state: 'done' });
    expect((await client.runs.list({})).runs).toMatchObject([{ validation: 'failed', status: 'completed' }]);
  });
});

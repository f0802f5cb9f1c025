import { createRouterClient } from '@orpc/server';
import { describe, expect, it } from 'vitest';
import type { EngineClient } from '@shared/api/contract';
import { createApp } from '@main/create-app';
import { createRouter } from '@main/router';
import { sampleLaunch, sampleRun } from '@test/support/sample-run';
import { sqliteMissing } from '@test/support/sqlite';
import { temporaryFolder } from '@test/support/temporary-folder';

const measured = (id: string, medianNs: number) =>
  sampleRun({ id, launches: Array.from({ length: 5 }, (_, index) => sampleLaunch(index, medianNs)) });

describe.skipIf(sqliteMissing)(`a gate without a base ${sqliteMissing ?? ''}`, () => {
  it('finds the nearest earlier run that carries a verdict, and passes when there is none', async () => {
    const app = await createApp({ dataDir: temporaryFolder(), workerFile: 'none', isolate: true });
    const client = createRouterClient(createRouter(app)) as unknown as EngineClient;
    const { profile } = sampleRun();
    const quick = {
      ...measured('quick', 4e6),
      profile: { ...profile, name: 'quick' as const, verdict: false },
    };
    const elsewhere = { ...measured('elsewhere', 4e6), device: { ...sampleRun().device, serial: 'other' } };
    const runs = [measured('first', 4e6), elsewhere, quick, measured('slow', 5e6), measured('again', 5e6)];
    for (const run of runs) await app.tools.store.runs.save(run);

    const none = await client.compare.gate({ candidates: ['first'] });
    expect(none).toMatchObject({ state: 'pass', verdicts: [] });
    expect(none.sentence).toContain('Nothing was judged');
    expect(await client.compare.gate({ candidates: ['slow'] })).toMatchObject({
      state: 'unconfirmed',
      baseId: 'first',
    });
    expect(await client.compare.gate({ candidates: ['slow', 'again'] })).toMatchObject({
      state: 'worse',
      baseId: 'first',
      differences: [],
    });

    await app.tools.store.noiseFloors.add('emulator-5554', 'standard', 30);
    expect(await client.compare.gate({ candidates: ['slow', 'again'] })).toMatchObject({
      state: 'pass',
      verdicts: [{ noiseFloorPercent: 30 }, { noiseFloorPercent: 30 }],
    });
    await app.close();
  });
});

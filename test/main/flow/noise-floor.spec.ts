import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Run } from '@shared/model/run';
import { keepNoiseFloors, requireVerdicts, verdictOptions } from '@main/flow/noise-floor';
import { sqliteFiles } from '@main/platform/sqlite3/sqlite-files';
import { compareRuns } from '@main/services/compare';
import { openStore } from '@main/services/store';
import { sampleLaunch, sampleRun } from '@test/support/sample-run';
import { sqliteMissing } from '@test/support/sqlite';
import { temporaryFolder } from '@test/support/temporary-folder';

const arm = (id: string, medianNs: number): Run =>
  sampleRun({ id, launches: Array.from({ length: 5 }, (_, index) => sampleLaunch(index, medianNs)) });

describe.skipIf(sqliteMissing)(`noise floors ${sqliteMissing ?? ''}`, () => {
  it('are kept from A/A runs and withhold the verdicts that lie below them', async () => {
    const store = await openStore(sqliteFiles, join(temporaryFolder(), 'history.db'));
    const log: string[] = [];
    await keepNoiseFloors(
      [arm('a1', 4e6), arm('a2', 4.4e6)],
      { store },
      { log: (line) => void log.push(line) },
    );
    expect(log).toEqual([expect.stringContaining('differs from itself by 10.00 %')]);
    expect(await store.noiseFloors.get('emulator-5554', 'standard')).toBeCloseTo(10);

    const [base, candidate] = [arm('b', 4e6), arm('c', 4.3e6)];
    expect(compareRuns(base, candidate).verdict.outcome).toBe('worse');
    const options = await verdictOptions(store, base, candidate);
    expect(compareRuns(base, candidate, options).verdict).toMatchObject({
      outcome: 'not-resolved',
      reason: expect.stringContaining('within the noise floor'),
    });
    const elsewhere = { ...candidate, device: { ...candidate.device, serial: 'other' } };
    expect(await verdictOptions(store, base, elsewhere)).toEqual({});
    await store.close();
  });

  it('are not taken from profiles that give no verdicts, nor from single runs', async () => {
    const store = await openStore(sqliteFiles, join(temporaryFolder(), 'history.db'));
    await keepNoiseFloors([arm('a1', 4e6)], { store }, { log: () => undefined });
    expect(await store.noiseFloors.get('emulator-5554', 'standard')).toBeUndefined();
    const { profile } = sampleRun();
    expect(() => requireVerdicts(profile)).not.toThrow();
    expect(() => requireVerdicts({ ...profile, verdict: false })).toThrow(
      expect.objectContaining({ code: 'usage.wrong' }),
    );
    await store.close();
  });
});

import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { sqliteFiles } from '@main/platform/sqlite3/sqlite-files';
import { openStore } from '@main/services/store';
import { putDocument } from '@main/services/store/documents';
import { MIGRATIONS } from '@main/services/store/migrations';
import { openDatabase } from '@main/services/store/open';
import { sampleRun } from '@test/support/sample-run';
import { sampleVariant } from '@test/support/sample-variant';
import { sqliteMissing } from '@test/support/sqlite';
import { temporaryFolder } from '@test/support/temporary-folder';

describe.skipIf(sqliteMissing)(`validation in the history ${sqliteMissing ?? ''}`, () => {
  it('is in every row as it was when the variant was measured', async () => {
    const store = await openStore(sqliteFiles, join(temporaryFolder(), 'history.db'));
    onTestFinished(() => store.close());
    const { variant } = sampleRun();
    for (const validation of ['failed', 'passed', undefined] as const)
      await store.runs.save(
        sampleRun({
          id: `run-${validation}`,
          variant: { ...variant, ...(validation ? { validation } : {}) },
        }),
      );
    const { runs } = await store.list();
    expect(runs.map(({ validation }) => validation)).toEqual([null, 'passed', 'failed']);
  });

  it('is taken from the variants for runs of a file from before', async () => {
    const path = join(temporaryFolder(), 'history.db');
    // From before there were kinds of runs, which these would lack.
    const { database: old } = await openDatabase(sqliteFiles, path, MIGRATIONS.slice(0, 3));
    const failed = sampleVariant({ validation: { ...sampleVariant().validation!, status: 'failed' } });
    await putDocument(old, 'variant', failed.id, failed);
    const columns =
      'id, name, started_at, status, model_hash, model_name, variant_hash, recipe, device_serial, device_title, threads, delegate, profile';
    for (const [id, variant] of [
      ['known', failed.id],
      ['unknown', 'c'.repeat(64)],
    ])
      await old.run(
        `INSERT INTO run (${columns}) VALUES (?, 'n', '2026', 'completed', 'a', 'm', ?, 'int8', 's', 't', 1, 'cpu', 'quick')`,
        [id!, variant!],
      );
    await old.close();
    const store = await openStore(sqliteFiles, path);
    onTestFinished(() => store.close());
    const { runs } = await store.list();
    expect(runs.map(({ id, validation }) => [id, validation])).toEqual([
      ['unknown', null],
      ['known', 'failed'],
    ]);
  });
});

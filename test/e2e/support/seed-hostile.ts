import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { sqliteFiles } from '@main/platform/sqlite3/sqlite-files';
import { openStore } from '@main/services/store';
import type { VariantInfo } from '@shared/model/model';
import { sampleBaseline } from '@test/support/sample-baseline';
import { sampleRun } from '@test/support/sample-run';
import { sampleModel, sampleVariant } from '@test/support/sample-variant';
import { HOSTILE } from './hostile';

// Fills a data folder with what strangers may name: models, tensors, devices, runs, servers.
async function seed(dataDir: string): Promise<void> {
  mkdirSync(dataDir, { recursive: true });
  const store = await openStore(sqliteFiles, join(dataDir, 'edgebench.sqlite'));
  const port = { name: HOSTILE, dtype: 'float32' as const, shape: [1, 8] };
  const signatures = [{ key: HOSTILE, inputs: [port], outputs: [port] }];
  const model = sampleModel({ name: HOSTILE, path: HOSTILE, signatures, defaultSignature: HOSTILE });
  await store.models.put(model.id, model);
  const variant = sampleVariant({ modelName: HOSTILE, recipe: HOSTILE, path: HOSTILE, signatures });
  const { validation } = variant;
  const hostile: VariantInfo = {
    ...variant,
    operators: [{ type: HOSTILE, version: 1, count: 2 }],
    ...(validation
      ? {
          validation: {
            ...validation,
            status: 'failed',
            reasons: [HOSTILE],
            warnings: [HOSTILE],
            interfaceDifferences: [{ tensor: HOSTILE, what: HOSTILE, explanation: HOSTILE }],
            data: { ...validation.data, description: HOSTILE },
          },
        }
      : {}),
  };
  await store.variants.put(hostile.id, hostile, { parent: model.id });
  for (const [i, status] of (['completed', 'completed', 'quarantined', 'failed'] as const).entries()) {
    const run = sampleRun({ id: `hostile-${i}`, name: HOSTILE, status, reason: HOSTILE });
    await store.runs.save({
      ...run,
      model: { ...run.model, name: HOSTILE },
      variant: { ...run.variant, recipe: HOSTILE },
      device: { ...run.device, serial: HOSTILE, manufacturer: HOSTILE, model: HOSTILE, soc: HOSTILE },
      provenance: { ...run.provenance, runtime: HOSTILE, runner: HOSTILE, flags: [HOSTILE] },
      launches: run.launches.map((launch) => ({ ...launch, reason: HOSTILE })),
    });
  }
  const baseline = sampleBaseline({ modelName: HOSTILE, reason: HOSTILE, server: HOSTILE });
  await store.baselines.save({
    ...baseline,
    endpoint: { ...baseline.endpoint, title: HOSTILE, model: HOSTILE, embedded: false },
  });
  await store.plans.add({
    id: 'hostile-plan',
    title: HOSTILE,
    addedAt: '2026-01-01T00:00:00.000Z',
    owner: null,
    request: {},
    serials: [HOSTILE],
  });
  await store.plans.setPart('hostile-plan', HOSTILE, 'failed', HOSTILE);
  await store.close();
}

void seed(process.argv[2] ?? '');

import { AppError } from '@shared/error/app-error';
import { renderReport } from '../services/report';
import type { Store } from '../services/store';
import { gatherEvidence } from './compare-model';

/** The report on one model as a page that stands alone. Fails with `run.not-found` when nothing was measured. */
export async function writeReport(
  store: Store,
  modelHash: string,
  runIds: readonly string[] | undefined,
  appVersion: string,
): Promise<string> {
  const model = await store.models.get(modelHash);
  if (!model)
    throw new AppError(
      'run.not-found',
      `There is no model ${modelHash.slice(0, 12)} in the history; benchmark it first.`,
    );
  const evidence = await gatherEvidence(store, modelHash, runIds);
  return renderReport({ model, ...evidence, generatedAt: new Date().toISOString(), appVersion });
}

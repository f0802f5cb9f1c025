import { AppError } from '@shared/error/app-error';
import type { WhatIf } from '@shared/statistics/what-if';
import { renderReport } from '../services/report';
import { gatherEvidence } from './compare-model';
import type { FlowTools } from './tools';

/** The report on one model as a page that stands alone. Fails with `run.not-found` when nothing was measured. */
export async function writeReport(
  tools: Pick<FlowTools, 'store' | 'runtimeBytes' | 'appVersion'>,
  modelHash: string,
  runIds: readonly string[] | undefined,
  whatIf: WhatIf | undefined,
): Promise<string> {
  const model = await tools.store.models.get(modelHash);
  if (!model)
    throw new AppError(
      'run.not-found',
      `There is no model ${modelHash.slice(0, 12)} in the history; benchmark it first.`,
    );
  const evidence = await gatherEvidence(tools, modelHash, runIds);
  return renderReport({
    model,
    ...evidence,
    ...(whatIf === undefined ? {} : { whatIf }),
    generatedAt: new Date().toISOString(),
    appVersion: tools.appVersion,
  });
}

import type { EdgeCloudComparison } from '@shared/model/comparison';
import type { VariantInfo } from '@shared/model/model';
import type { RunFacts } from '@shared/model/run';
import { AppError } from '@shared/error/app-error';
import { compareEdgeWithCloud, type MeasuredBaseline, type MeasuredRun } from '../services/compare';
import type { BaselineSummary, Store } from '../services/store';
import type { FlowTools } from './tools';

/** Everything that is known of one model's speed, gathered for a comparison or a report. */
export interface ModelEvidence {
  readonly runs: readonly RunFacts[];
  readonly baselines: readonly BaselineSummary[];
  readonly variants: readonly VariantInfo[];
  readonly comparison: EdgeCloudComparison;
}

const MAX_RUNS = 500;

/** The runs named, or the newest completed one of each variant, device and thread count; and the newest baseline of each endpoint and network. */
export async function gatherEvidence(
  { store, runtimeBytes }: Pick<FlowTools, 'store' | 'runtimeBytes'>,
  modelHash: string,
  runIds: readonly string[] | undefined,
): Promise<ModelEvidence> {
  const runs = runIds ? await namedRuns(store, runIds) : await newestRuns(store, modelHash);
  const baselines = await newestBaselines(store, modelHash);
  // The store gives the newest first; a report reads better in the order of making.
  const variants = [...(await store.variants.list({ parent: modelHash }))].reverse();
  const model = await store.models.get(modelHash);
  if (!model && runs.length === 0)
    throw new AppError(
      'run.not-found',
      `There is no model ${modelHash.slice(0, 12)} in the history; benchmark it first.`,
    );
  const accuracies = variants.flatMap(({ id, validation }) =>
    validation?.accuracy ? [[id, validation.accuracy] as const] : [],
  );
  const original = accuracies[0]?.[1].before;
  const comparison = compareEdgeWithCloud({
    model: { hash: modelHash, name: model?.name ?? runs[0]?.run.model.name ?? modelHash },
    runs,
    baselines,
    runtimeBytes: ({ device }) => runtimeBytes(device),
    accuracy: {
      ...(original === undefined ? {} : { original }),
      variants: Object.fromEntries(accuracies.map(([id, { after }]) => [id, after])),
    },
  });
  return {
    runs: runs.map(({ run }) => run),
    baselines: baselines.map(({ baseline }) => baseline),
    variants,
    comparison,
  };
}

/** A run without its samples, and what is needed of them. */
export async function measuredRun(store: Store, id: string): Promise<MeasuredRun> {
  const run = await store.runs.outline(await store.runs.resolve(id));
  return { run, sketch: await store.runs.sketch(run.id) };
}

async function namedRuns(store: Store, ids: readonly string[]): Promise<MeasuredRun[]> {
  const runs: MeasuredRun[] = [];
  for (const id of ids) runs.push(await measuredRun(store, id));
  return runs;
}

async function newestRuns(store: Store, modelHash: string): Promise<MeasuredRun[]> {
  const { runs } = await store.list({ modelHash, status: 'completed' }, { limit: MAX_RUNS });
  const seen = new Set<string>();
  const newest = runs.filter((run) => {
    const subject = JSON.stringify([run.recipe, run.deviceSerial, run.threads, run.delegate]);
    return !seen.has(subject) && seen.add(subject);
  });
  return namedRuns(
    store,
    newest.map(({ id }) => id),
  );
}

async function newestBaselines(
  store: Store,
  modelHash: string,
): Promise<(MeasuredBaseline & { readonly baseline: BaselineSummary })[]> {
  const newest = new Map<string, string>();
  for (const { id, endpoint, network, load, sweepId } of await store.baselines.list(modelHash)) {
    if (sweepId !== undefined) continue;
    // A server of ours has another port each time.
    const place = endpoint.embedded ? 'here' : endpoint.url;
    const way = [endpoint.protocol, endpoint.binary, endpoint.version ?? '', load.kind === 'closed'];
    const subject = JSON.stringify([place, way, network]);
    if (!newest.has(subject)) newest.set(subject, id);
  }
  return Promise.all(Array.from(newest.values(), (id) => store.baselines.measured(id)));
}

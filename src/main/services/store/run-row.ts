import { deviceTitle } from '@shared/model/device-title';
import type { LatencySummary, Run, RunSummary } from '@shared/model/run';
import { latencyOfLaunches } from '@shared/statistics/latency-summary';
import type { SqlRow, SqlValue } from '@main/ports/sql';
import { exactTexts, utf8Text, withExactTexts } from './stored-text';

/** Columns of a run that are computed when it is saved, in the order of `runColumns`. */
export const RUN_COLUMNS = [
  'id',
  'name',
  'plan_id',
  'started_at',
  'status',
  'reason',
  'model_hash',
  'model_name',
  'variant_hash',
  'recipe',
  'device_serial',
  'device_title',
  'threads',
  'delegate',
  'profile',
  'validation',
  'exact',
  'samples',
  'launches',
  'min_ns',
  'max_ns',
  'mean_ns',
  'p50_ns',
  'p90_ns',
  'p95_ns',
  'p99_ns',
  'runner',
] as const;

/** Recomputed from the samples (or what stands in their place), always; only a completed or quarantined run has a summary, of its completed launches. */
export function summaryOf(run: Run): LatencySummary | undefined {
  if (run.status !== 'completed' && run.status !== 'quarantined') return undefined;
  return latencyOfLaunches(run.launches);
}

/** The texts of a run that are columns, as they are. */
export const runTexts = (run: Run) => ({
  name: run.name,
  planId: run.planId ?? null,
  startedAt: run.startedAt,
  reason: run.reason ?? null,
  modelName: run.model.name,
  recipe: run.variant.recipe,
  deviceSerial: run.device.serial,
  deviceTitle: deviceTitle(run.device),
});

export function runColumns(run: Run): SqlValue[] {
  const texts = runTexts(run);
  const kept = (text: string | null) => (text === null ? null : utf8Text(text));
  const summary = summaryOf(run);
  return [
    run.id,
    utf8Text(texts.name),
    kept(texts.planId),
    utf8Text(texts.startedAt),
    run.status,
    kept(texts.reason),
    run.model.hash,
    utf8Text(texts.modelName),
    run.variant.hash,
    utf8Text(texts.recipe),
    utf8Text(texts.deviceSerial),
    utf8Text(texts.deviceTitle),
    run.threads,
    run.provenance.delegateGot,
    run.profile.name,
    run.variant.validation ?? null,
    exactTexts(texts),
    summary?.samples ?? null,
    summary?.launches ?? null,
    summary?.minNs ?? null,
    summary?.maxNs ?? null,
    summary?.meanNs ?? null,
    summary?.p50Ns ?? null,
    summary?.p90Ns ?? null,
    summary?.p95Ns ?? null,
    summary?.p99Ns ?? null,
    utf8Text(run.provenance.runner),
  ];
}

const text = (value: SqlValue | undefined): string => String(value ?? '');
const textOrNull = (value: SqlValue | undefined): string | null => (value == null ? null : String(value));
const numberOrNull = (value: SqlValue | undefined): number | null => (value == null ? null : Number(value));

function latencyOf(row: SqlRow): LatencySummary | null {
  if (row['samples'] == null) return null;
  return {
    samples: Number(row['samples']),
    launches: Number(row['launches']),
    minNs: Number(row['min_ns']),
    maxNs: Number(row['max_ns']),
    meanNs: Number(row['mean_ns']),
    p50Ns: numberOrNull(row['p50_ns']),
    p90Ns: numberOrNull(row['p90_ns']),
    p95Ns: numberOrNull(row['p95_ns']),
    p99Ns: numberOrNull(row['p99_ns']),
  };
}

export function summaryFromRow(row: SqlRow): RunSummary {
  const summary: RunSummary = {
    sequence: Number(row['sequence']),
    id: text(row['id']),
    name: text(row['name']),
    planId: textOrNull(row['plan_id']),
    startedAt: text(row['started_at']),
    status: text(row['status']) as RunSummary['status'],
    reason: textOrNull(row['reason']),
    modelHash: text(row['model_hash']),
    modelName: text(row['model_name']),
    variantHash: text(row['variant_hash']),
    recipe: text(row['recipe']),
    validation: textOrNull(row['validation']) as RunSummary['validation'],
    deviceSerial: text(row['device_serial']),
    deviceTitle: text(row['device_title']),
    threads: Number(row['threads']),
    delegate: text(row['delegate']) as RunSummary['delegate'],
    profile: text(row['profile']),
    runner: text(row['runner']),
    latency: latencyOf(row),
  };
  return withExactTexts(summary, row['exact']);
}

import type { RunSummary } from '@shared/model/run';

const VALUES = {
  model: (run: RunSummary) => run.modelName,
  recipe: (run: RunSummary) => run.recipe,
  device: (run: RunSummary) => run.deviceTitle,
  threads: (run: RunSummary) => run.threads,
  p50: (run: RunSummary) => run.latency?.p50Ns ?? null,
  p90: (run: RunSummary) => run.latency?.p90Ns ?? null,
  samples: (run: RunSummary) => run.latency?.samples ?? null,
  status: (run: RunSummary) => run.status,
  when: (run: RunSummary) => run.sequence,
} as const;

export type RunColumn = keyof typeof VALUES;

export interface RunOrder {
  readonly column: RunColumn;
  readonly descending: boolean;
}

/** A new array in that order; runs without the figure come last either way, equals newest first. */
export function sortRuns(runs: readonly RunSummary[], { column, descending }: RunOrder): RunSummary[] {
  const value = VALUES[column];
  const sign = descending ? -1 : 1;
  return [...runs].sort((a, b) => {
    const [x, y] = [value(a), value(b)];
    if (x === y) return b.sequence - a.sequence;
    if (x === null) return 1;
    if (y === null) return -1;
    return sign * (x < y ? -1 : 1);
  });
}

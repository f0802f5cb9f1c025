import type { RunSummary } from '@shared/model/run';
import { engine } from '../client/engine';

export interface LaunchFigures {
  readonly p50Ns: number | null;
  readonly p90Ns: number | null;
  readonly samples: number;
  readonly launches: number;
}

/** Figures of a run; of one that is still measured, of the last launch stored, since a run is summed up at its end. */
export async function latencyOf(run: RunSummary): Promise<LaunchFigures> {
  if (run.latency) return run.latency;
  const { launches } = await engine().runs.trace({ id: run.id, points: 10 });
  const last = launches.at(-1);
  return {
    p50Ns: last?.p50Ns ?? null,
    p90Ns: last?.p90Ns ?? null,
    samples: launches.reduce((sum, { samples }) => sum + samples, 0),
    launches: launches.length,
  };
}

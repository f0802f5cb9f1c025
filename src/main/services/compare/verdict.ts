import type { Verdict } from '@shared/model/comparison';
import type { Run } from '@shared/model/run';
import { minimumSamples, sorted } from '@shared/statistics/percentile';
import { bootstrapDifference, statisticOf, type Launches } from './bootstrap';

/** Launches that each arm needs before anything can be told apart from the noise between launches. */
export const MINIMUM_LAUNCHES = 4;
const RESAMPLES = 4000;

export interface VerdictOptions {
  /** Percentile to judge, in percent; the median unless said. */
  readonly percentile?: number;
  /** What A/A comparisons on this device and profile differ by, in percent; undefined when never measured. */
  readonly noiseFloorPercent?: number | undefined;
  readonly seed?: number;
}

/** The launches of a run that count, each in ascending order. */
export const countedLaunches = (run: Pick<Run, 'launches'>): Launches =>
  run.launches
    .filter((launch) => launch.status === 'completed' && launch.samplesNs.length > 0)
    .map((launch) => sorted(launch.samplesNs));

function obstacle(run: Run, which: string, launches: Launches, percentile: number): string | undefined {
  if (run.status !== 'completed')
    return `The ${which} run is ${run.status}, so nothing can be concluded from it.`;
  if (!run.profile.verdict) {
    return `The profile "${run.profile.name}" of the ${which} run does not allow a verdict. Measure with --profile standard.`;
  }
  if (run.launches.some(({ told }) => told !== undefined))
    return `The ${which} run was measured by ${run.provenance.runner}, which gives statistics instead of samples: measure with --runner edgebench for a verdict.`;
  if (launches.length < MINIMUM_LAUNCHES) {
    return `The ${which} run has ${launches.length} of the ${MINIMUM_LAUNCHES} launches that a verdict needs. Measure with --profile standard.`;
  }
  const missing = minimumSamples(percentile) - Math.min(...launches.map((launch) => launch.length));
  if (missing > 0)
    return `A launch of the ${which} run needs ${missing} more samples for its p${percentile}.`;
  return undefined;
}

const percent = (value: number): string => `${Math.abs(value).toFixed(1)} %`;

function judged(
  low: number,
  high: number,
  difference: number,
  floor: number | undefined,
): Pick<Verdict, 'outcome' | 'reason'> {
  if (low <= 0 && high >= 0) {
    return {
      outcome: 'not-resolved',
      reason: 'The launches differ too much among themselves to tell the two apart.',
    };
  }
  if (floor !== undefined && Math.abs(difference) <= floor) {
    return {
      outcome: 'not-resolved',
      reason: `The difference of ${percent(difference)} is within the noise floor of this device (${percent(floor)}).`,
    };
  }
  const faster = difference < 0;
  return {
    outcome: faster ? 'better' : 'worse',
    reason:
      `${percent(difference)} ${faster ? 'faster' : 'slower'}, between ${low.toFixed(1)} and ${high.toFixed(1)} % at 95 % confidence` +
      (floor === undefined ? '; the noise floor of this device has not been measured.' : '.'),
  };
}

/** Compares the latency of two runs; never resolves what its launches cannot carry. */
export function verdictOf(base: Run, candidate: Run, options: VerdictOptions = {}): Verdict {
  const percentile = options.percentile ?? 50;
  const arms = { base: countedLaunches(base), candidate: countedLaunches(candidate) };
  const values = (launches: Launches) => (launches.length === 0 ? null : statisticOf(launches, percentile));
  const common = {
    percentile,
    noiseFloorPercent: options.noiseFloorPercent ?? null,
    launches: { base: arms.base.length, candidate: arms.candidate.length },
  };
  const reason =
    obstacle(base, 'base', arms.base, percentile) ??
    obstacle(candidate, 'candidate', arms.candidate, percentile);
  if (reason !== undefined) {
    const baseNs = values(arms.base);
    const candidateNs = values(arms.candidate);
    const differencePercent =
      baseNs === null || candidateNs === null ? null : (candidateNs / baseNs - 1) * 100;
    return {
      ...common,
      outcome: 'not-resolved',
      baseNs,
      candidateNs,
      differencePercent,
      interval: null,
      reason,
    };
  }
  const result = bootstrapDifference(arms.base, arms.candidate, {
    percentile,
    resamples: RESAMPLES,
    seed: options.seed ?? 1,
  });
  return {
    ...common,
    ...judged(result.lowPercent, result.highPercent, result.differencePercent, options.noiseFloorPercent),
    baseNs: result.baseNs,
    candidateNs: result.candidateNs,
    differencePercent: result.differencePercent,
    interval: { lowPercent: result.lowPercent, highPercent: result.highPercent },
  };
}

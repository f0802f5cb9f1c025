import type { LatencySummary, Launch, ToldLatency } from '../model/run';
import { valuesAtRanks } from './order-statistics';
import { meanOf, minimumSamples, rankOf } from './percentile';

/** The part of a launch that latency is computed from. */
export type LaunchSamples = Pick<Launch, 'status' | 'told'> & { readonly samplesNs: ArrayLike<number> };

/** Samples of the launches that count, joined. */
export function countedSamples(
  launches: readonly Pick<LaunchSamples, 'status' | 'samplesNs'>[],
): Float64Array {
  const counted = launches.filter((launch) => launch.status === 'completed');
  const joined = new Float64Array(counted.reduce((total, launch) => total + launch.samplesNs.length, 0));
  let offset = 0;
  for (const launch of counted) {
    joined.set(launch.samplesNs, offset);
    offset += launch.samplesNs.length;
  }
  return joined;
}

const SHOWN = [50, 90, 95, 99] as const;

/** Summary of samples in nanoseconds, in any order; undefined when there are none. A percentile without enough samples is null. */
export function summarizeLatency(samplesNs: ArrayLike<number>, launches: number): LatencySummary | undefined {
  const count = samplesNs.length;
  if (count === 0) return undefined;
  const ranks = [0, ...SHOWN.map((percent) => rankOf(percent, count)), count - 1];
  const [minNs = 0, ...percentiles] = valuesAtRanks(samplesNs, ranks);
  const percentile = (place: number) =>
    count < minimumSamples(SHOWN[place]!) ? null : (percentiles[place] ?? null);
  return {
    samples: count,
    launches,
    minNs,
    maxNs: percentiles[SHOWN.length]!,
    meanNs: meanOf(samplesNs),
    p50Ns: percentile(0),
    p90Ns: percentile(1),
    p95Ns: percentile(2),
    p99Ns: percentile(3),
  };
}

/**
 * Latency of a run over its completed launches: from their samples, or from what a runner without samples told. Statistics of several
 * launches have no percentiles in common, so then there are none.
 */
export function latencyOfLaunches(launches: readonly LaunchSamples[]): LatencySummary | undefined {
  const counted = launches.filter(({ status }) => status === 'completed');
  const told = counted.flatMap((launch) => launch.told ?? []);
  return told.length === 0 ? summarizeLatency(countedSamples(counted), counted.length) : summarizeTold(told);
}

function summarizeTold(told: readonly ToldLatency[]): LatencySummary {
  const samples = told.reduce((sum, launch) => sum + launch.samples, 0);
  const [only] = told.length === 1 ? told : [];
  const supported = (percent: number, ns: number | undefined): number | null =>
    ns === undefined || samples < minimumSamples(percent) ? null : ns;
  return {
    samples,
    launches: told.length,
    minNs: Math.min(...told.map(({ minNs }) => minNs)),
    maxNs: Math.max(...told.map(({ maxNs }) => maxNs)),
    meanNs: told.reduce((sum, launch) => sum + launch.meanNs * launch.samples, 0) / samples,
    p50Ns: supported(50, only?.p50Ns),
    p90Ns: null,
    p95Ns: supported(95, only?.p95Ns),
    p99Ns: null,
  };
}

import type { LatencySummary, Launch, ToldLatency } from '../model/run';
import { meanOf, minimumSamples, percentileOfSorted, sorted } from './percentile';

/** Samples of the launches that count, joined. */
export function countedSamples(launches: readonly Pick<Launch, 'status' | 'samplesNs'>[]): Float64Array {
  const counted = launches.filter((launch) => launch.status === 'completed');
  const joined = new Float64Array(counted.reduce((total, launch) => total + launch.samplesNs.length, 0));
  let offset = 0;
  for (const launch of counted) {
    joined.set(launch.samplesNs, offset);
    offset += launch.samplesNs.length;
  }
  return joined;
}

/** Summary of samples in nanoseconds; undefined when there are none. A percentile without enough samples is null. */
export function summarizeLatency(samplesNs: ArrayLike<number>, launches: number): LatencySummary | undefined {
  if (samplesNs.length === 0) return undefined;
  const ascending = sorted(samplesNs);
  const percentile = (percent: number) =>
    ascending.length < minimumSamples(percent) ? null : percentileOfSorted(ascending, percent);
  return {
    samples: ascending.length,
    launches,
    minNs: ascending[0]!,
    maxNs: ascending[ascending.length - 1]!,
    meanNs: meanOf(ascending),
    p50Ns: percentile(50),
    p90Ns: percentile(90),
    p95Ns: percentile(95),
    p99Ns: percentile(99),
  };
}

/**
 * Latency of a run over its completed launches: from their samples, or from what a runner without samples told. Statistics of several
 * launches have no percentiles in common, so then there are none.
 */
export function latencyOfLaunches(
  launches: readonly Pick<Launch, 'status' | 'samplesNs' | 'told'>[],
): LatencySummary | undefined {
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

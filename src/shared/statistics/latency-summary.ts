import type { LatencySummary, Launch } from '../model/run';
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

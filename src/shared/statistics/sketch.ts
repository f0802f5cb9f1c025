import type { LatencySummary } from '../model/run';
import { latencyOfLaunches, type LaunchSamples } from './latency-summary';
import { valuesAtRanks } from './order-statistics';
import { percentileOfSorted, rankOf } from './percentile';

/** What a comparison needs of the samples of a run, without the samples. */
export interface Sketch {
  /** Of the launches that count; null when none has a sample. */
  readonly latency: LatencySummary | null;
  /** Ascending: every sample of a few, else as many order statistics at equal steps, the extremes included. */
  readonly ascending: Float64Array;
  /** Median of each launch that counts, in ns. */
  readonly launchMediansNs: readonly number[];
}

/** Chances and shares computed from so many order statistics are right to a two-thousandth. */
const POINTS = 2048;

/** At most `points` order statistics of unsorted samples, at equal steps from the smallest to the largest. */
export function orderStatistics(samples: ArrayLike<number>, points = POINTS): Float64Array {
  const count = samples.length;
  if (count <= points) return new Float64Array(samples).sort();
  const ranks = Array.from({ length: points }, (_, i) => Math.round((i * (count - 1)) / (points - 1)));
  return Float64Array.from(valuesAtRanks(samples, ranks));
}

/** Samples of several launches, joined. */
export function joined(parts: readonly ArrayLike<number>[]): Float64Array {
  const all = new Float64Array(parts.reduce((total, part) => total + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}

const medianOf = (samples: ArrayLike<number>): number =>
  valuesAtRanks(samples, [rankOf(50, samples.length)])[0]!;

const countedOf = (launches: readonly LaunchSamples[]): readonly ArrayLike<number>[] =>
  launches.filter(({ status }) => status === 'completed').map(({ samplesNs }) => samplesNs);
const mediansOf = (launches: readonly LaunchSamples[]): number[] =>
  countedOf(launches)
    .filter(({ length }) => length > 0)
    .map(medianOf);

export const sketchOf = (launches: readonly LaunchSamples[]): Sketch => ({
  latency: latencyOfLaunches(launches) ?? null,
  ascending: orderStatistics(joined(countedOf(launches))),
  launchMediansNs: mediansOf(launches),
});

const othersTurn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

/** The same in steps, between which others have their turn: a run may have millions of samples. */
export async function sketchInTurns(launches: readonly LaunchSamples[]): Promise<Sketch> {
  await othersTurn();
  const latency = latencyOfLaunches(launches) ?? null;
  await othersTurn();
  const ascending = orderStatistics(joined(countedOf(launches)));
  await othersTurn();
  return { latency, ascending, launchMediansNs: mediansOf(launches) };
}

/** The 90th percentile of a sketch, whether or not its sample supports one. */
export const p90Of = ({ latency, ascending }: Sketch): number =>
  latency?.p90Ns ?? percentileOfSorted(ascending, 90);

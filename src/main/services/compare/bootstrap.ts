import { meanOf, percentileOfSorted } from '@shared/statistics/percentile';
import { beta, seededRandom, type Random } from './random';

/** Launches with their samples in ascending order. */
export type Launches = readonly Float64Array[];

export interface BootstrapOptions {
  readonly percentile: number;
  readonly resamples: number;
  readonly seed: number;
}

export interface BootstrapResult {
  readonly baseNs: number;
  readonly candidateNs: number;
  readonly differencePercent: number;
  readonly lowPercent: number;
  readonly highPercent: number;
}

// Student's t at 97.5 %, by degrees of freedom from 1; any table of it.
const T_975 = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131,
  2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
];

/** Chance of a standard normal above z (Abramowitz and Stegun 26.2.17, error below 7.5e-8). */
function normalTail(z: number): number {
  const t = 1 / (1 + 0.2316419 * z);
  const polynomial =
    t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return (Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI)) * polynomial;
}

/**
 * Share to cut off at each end. Percentile intervals of few launches are too narrow; the nominal 2.5 % is widened as for a
 * t interval (Hesterberg's expanded percentile interval).
 */
function tailShare(baseLaunches: number, candidateLaunches: number): number {
  const freedom = baseLaunches + candidateLaunches - 2;
  const t = T_975[freedom - 1] ?? 1.96 + 2.4 / freedom;
  const fewest = Math.min(baseLaunches, candidateLaunches);
  return normalTail(t * Math.sqrt(fewest / (fewest - 1)));
}

/** A launch's percentile after resampling its iterations: an order statistic of n draws lies at a Beta-distributed rank. */
function resampledPercentile(ascending: Float64Array, percent: number, random: Random): number {
  const count = ascending.length;
  const rank = Math.max(1, Math.ceil((percent / 100) * count - 1e-9));
  const place = beta(rank, count - rank + 1, random);
  return ascending[Math.min(count - 1, Math.floor(place * count))]!;
}

function resampledStatistic(launches: Launches, percent: number, random: Random): number {
  let total = 0;
  for (let i = 0; i < launches.length; i += 1) {
    const drawn = launches[Math.floor(random() * launches.length)]!;
    total += resampledPercentile(drawn, percent, random);
  }
  return total / launches.length;
}

/** Mean over launches of each launch's percentile: every launch weighs the same, however many iterations it has. */
export const statisticOf = (launches: Launches, percent: number): number =>
  meanOf(launches.map((launch) => percentileOfSorted(launch, percent)));

/**
 * Difference of candidate and base in percent of the base with its 95 % interval: launches are drawn with replacement, then
 * the iterations within each. At least two launches in each arm, none empty. The same seed gives the same interval.
 */
export function bootstrapDifference(
  base: Launches,
  candidate: Launches,
  options: BootstrapOptions,
): BootstrapResult {
  const { percentile, resamples } = options;
  const random = seededRandom(options.seed);
  const differences = new Float64Array(resamples);
  for (let i = 0; i < resamples; i += 1) {
    const from = resampledStatistic(base, percentile, random);
    differences[i] = (resampledStatistic(candidate, percentile, random) / from - 1) * 100;
  }
  differences.sort();
  const cut = tailShare(base.length, candidate.length) * 100;
  const baseNs = statisticOf(base, percentile);
  const candidateNs = statisticOf(candidate, percentile);
  return {
    baseNs,
    candidateNs,
    differencePercent: (candidateNs / baseNs - 1) * 100,
    lowPercent: percentileOfSorted(differences, cut),
    highPercent: percentileOfSorted(differences, 100 - cut),
  };
}

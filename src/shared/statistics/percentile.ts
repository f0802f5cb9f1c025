/** Sorted ascending; the argument is left as it is. */
export const sorted = (samples: ArrayLike<number>): Float64Array => new Float64Array(samples).sort();

/** Place (from 0) of a percentile among `count` ascending samples, by the nearest rank; `percent` in (0, 100]. */
export const rankOf = (percent: number, count: number): number =>
  Math.max(1, Math.ceil((percent / 100) * count - 1e-9)) - 1;

/** Exact percentile (nearest rank) of ascending samples; `percent` in (0, 100]. NaN when there are none. */
export const percentileOfSorted = (ascending: ArrayLike<number>, percent: number): number =>
  ascending[rankOf(percent, ascending.length)] ?? Number.NaN;

const minima = new Map<number, number>();

/**
 * Samples that a percentile needs at 99 % confidence: the fewest of which at most one lies above the percentile with a
 * probability of no more than 1 %. Gives 64, 130, 662 and 6,636 for 90, 95, 99 and 99.9
 * (LoadGen's early stopping: mlcommons/inference loadgen/early_stopping.cc).
 */
export function minimumSamples(percent: number): number {
  const known = minima.get(percent);
  if (known !== undefined) return known;
  const below = percent / 100;
  if (!(below > 0 && below < 1)) return 1;
  const chance = (count: number) => below ** count + count * (1 - below) * below ** (count - 1);
  let high = 2;
  while (chance(high) > 0.01) high *= 2;
  let low = high / 2;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (chance(middle) > 0.01) low = middle;
    else high = middle;
  }
  minima.set(percent, high);
  return high;
}

/** A percentile that its sample supports, or how many more samples it would need. */
export type SupportedPercentile =
  | { readonly supported: true; readonly value: number }
  | { readonly supported: false; readonly missingSamples: number };

export function supportedPercentile(ascending: ArrayLike<number>, percent: number): SupportedPercentile {
  const missingSamples = minimumSamples(percent) - ascending.length;
  return missingSamples > 0
    ? { supported: false, missingSamples }
    : { supported: true, value: percentileOfSorted(ascending, percent) };
}

export const meanOf = (samples: ArrayLike<number>): number => {
  let total = 0;
  for (let i = 0; i < samples.length; i += 1) total += samples[i]!;
  return total / samples.length;
};

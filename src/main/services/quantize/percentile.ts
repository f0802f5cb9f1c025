import type { Calibration } from '@shared/model/recipe';
import type { Range } from './scales';

/** Bins of a tensor's histogram: enough to place a percentile within a two-thousandth of the range. */
export const HISTOGRAM_BINS = 2048;

export interface CalibratedRange extends Range {
  readonly histogram?: { readonly min: number; readonly max: number; readonly counts: readonly number[] };
}

/**
 * The range that a recipe's calibration makes of what was seen: all of it, or the smallest one from a histogram that cuts
 * off at most (100 - percentile) / 2 percent of the values on each side.
 */
export function rangeBy({ method, percentile }: Calibration, seen: CalibratedRange): Range {
  const { histogram } = seen;
  if (method === 'min-max' || !histogram || histogram.counts.length === 0) return seen;
  const { counts } = histogram;
  const total = counts.reduce((sum, count) => sum + count, 0);
  const cut = (total * (100 - percentile)) / 200;
  const width = (histogram.max - histogram.min) / counts.length;
  const low = binsWithin(counts, cut);
  const high = counts.length - binsWithin(counts.toReversed(), cut);
  return {
    min: Math.max(seen.min, histogram.min + low * width),
    max: Math.min(seen.max, histogram.min + Math.max(high, low + 1) * width),
  };
}

/** How many bins from the start hold no more than `share` values together. */
function binsWithin(counts: readonly number[], share: number): number {
  let sum = 0;
  for (const [i, count] of counts.entries()) {
    sum += count;
    if (sum > share) return i;
  }
  return 0;
}

import { percentileOfSorted } from './percentile';

export interface Ecdf {
  /** Ascending latencies, and the share of samples at or below each. */
  readonly ns: number[];
  readonly share: number[];
}

/** Empirical distribution of ascending samples, thinned to at most `points` steps; the extremes stay. */
export function ecdfOf(ascending: ArrayLike<number>, points = 200): Ecdf {
  const count = ascending.length;
  const ns: number[] = [];
  const share: number[] = [];
  const steps = Math.min(points, count);
  for (let step = 0; step < steps; step += 1) {
    const index = steps === 1 ? count - 1 : Math.round((step * (count - 1)) / (steps - 1));
    ns.push(ascending[index]!);
    share.push((index + 1) / count);
  }
  return { ns, share };
}

/** Chance that a sample of `a` is smaller than one of `b`, ties counting half; both ascending, neither empty. */
export function probabilitySmaller(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let wins = 0;
  let below = 0;
  let upTo = 0;
  for (let i = 0; i < b.length; i += 1) {
    const value = b[i]!;
    while (below < a.length && a[below]! < value) below += 1;
    upTo = Math.max(upTo, below);
    while (upTo < a.length && a[upTo]! <= value) upTo += 1;
    wins += below + (upTo - below) / 2;
  }
  return wins / (a.length * b.length);
}

/** Five numbers of a box chart, from ascending samples: 5th, 25th, 50th, 75th and 95th percentile. */
export const boxOf = (ascending: ArrayLike<number>): readonly number[] =>
  [5, 25, 50, 75, 95].map((percent) => percentileOfSorted(ascending, percent));

import type { Load } from '@shared/model/cloud';

/** Uniform numbers in [0, 1) from a seed; "mulberry32". */
function uniform(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Gaps between requests in ns, one after the other: exponential for Poisson arrivals, else all the same. */
export function arrivalGaps(load: Pick<Load, 'kind' | 'ratePerSecond' | 'seed'>): () => number {
  const meanNs = 1e9 / load.ratePerSecond;
  if (load.kind !== 'poisson') return () => meanNs;
  const random = uniform(load.seed);
  return () => -Math.log(1 - random()) * meanNs;
}

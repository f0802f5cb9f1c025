import type { Load } from '@shared/model/cloud';
import { uniform } from '@shared/statistics/uniform';

/** Gaps between requests in ns, one after the other: exponential for Poisson arrivals, else all the same. */
export function arrivalGaps(load: Pick<Load, 'kind' | 'ratePerSecond' | 'seed'>): () => number {
  const meanNs = 1e9 / load.ratePerSecond;
  if (load.kind !== 'poisson') return () => meanNs;
  const random = uniform(load.seed);
  return () => -Math.log(1 - random()) * meanNs;
}

import type { Run } from '@shared/model/run';
import { bootstrapDifference } from './bootstrap';
import { countedLaunches } from './verdict';

const RESAMPLES = 1000;

/**
 * Whether the interval of each run's difference to the first lies on one side of zero, so that more launches would not change what is
 * said of them. Runs without samples cannot be separated, and are not waited for.
 */
export function areSeparated(runs: readonly Run[]): boolean {
  const [base, ...others] = runs.map(countedLaunches).filter((launches) => launches.length > 1);
  if (!base) return true;
  return others.every((launches) => {
    const { lowPercent, highPercent } = bootstrapDifference(base, launches, {
      percentile: 50,
      resamples: RESAMPLES,
      seed: 1,
    });
    return lowPercent > 0 || highPercent < 0;
  });
}

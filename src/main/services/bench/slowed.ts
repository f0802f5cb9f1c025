import type { DeviceConditions } from '@shared/model/device';
import { percentileOfSorted, sorted } from '@shared/statistics/percentile';

/** Slower by more than this at the end than at the beginning (Jetpack Microbenchmark's mark for throttling). */
const MOST_SLOWER = 1.1;
/** Hotter, or clocked lower, by so much: without either it is not the heat that slowed a launch down. */
const HOTTER_C = 3;
const CLOCKED_LOWER = 0.9;
const FEWEST_SAMPLES = 40;

/** Why a launch is taken to have been throttled in its course: it slowed down while its cores got hot or were clocked down. */
export function whySlowed(
  samplesNs: readonly number[],
  before: DeviceConditions,
  during: readonly DeviceConditions[],
): string | undefined {
  if (samplesNs.length < FEWEST_SAMPLES) return undefined;
  const quarter = Math.floor(samplesNs.length / 4);
  const first = percentileOfSorted(sorted(samplesNs.slice(0, quarter)), 50);
  const last = percentileOfSorted(sorted(samplesNs.slice(-quarter)), 50);
  const slower = last / first;
  if (slower <= MOST_SLOWER) return undefined;
  const cause = hotter(before, during) ?? clockedLower(during);
  return cause === undefined
    ? undefined
    : `throttled (${Math.round((slower - 1) * 100)} % slower at its end, ${cause})`;
}

function hotter(before: DeviceConditions, during: readonly DeviceConditions[]): string | undefined {
  const start = before.hottestC ?? during.find(({ hottestC }) => hottestC !== undefined)?.hottestC;
  const end = during.findLast(({ hottestC }) => hottestC !== undefined)?.hottestC;
  if (start === undefined || end === undefined || end - start < HOTTER_C) return undefined;
  return `${(end - start).toFixed(1)} °C hotter`;
}

/** By the fastest core of each moment, which is the one that matters. */
function clockedLower(during: readonly DeviceConditions[]): string | undefined {
  const fastest = during.flatMap(({ cpuKHz = [] }) => (cpuKHz.length > 0 ? [Math.max(...cpuKHz)] : []));
  const [first, last] = [fastest[0], fastest.at(-1)];
  if (first === undefined || last === undefined || first <= 0 || last > first * CLOCKED_LOWER)
    return undefined;
  return `its fastest core from ${first} to ${last} kHz`;
}

import type { CloudWindow } from '@shared/model/cloud';
import { percentileOfSorted, sorted } from '@shared/statistics/percentile';

/** Windows that must agree, and by how much (perf_analyzer's rule). */
const WINDOWS = 3;
const TOLERANCE = 0.1;

const agree = (values: readonly number[]): boolean => {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return mean > 0 && values.every((value) => Math.abs(value / mean - 1) <= TOLERANCE);
};

/** Whether the last three windows agree within 10 % of their mean, in median latency and in answers per second. */
export function isStable(windows: readonly CloudWindow[]): boolean {
  const last = windows.slice(-WINDOWS);
  if (last.length < WINDOWS || last.some((window) => window.answered === 0)) return false;
  const medians = last.map((window) => percentileOfSorted(sorted(window.samplesNs), 50));
  const rates = last.map((window) => window.answered / window.durationNs);
  return agree(medians) && agree(rates);
}

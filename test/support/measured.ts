import { countedWindows, type CloudBaseline } from '@shared/model/cloud';
import type { Run } from '@shared/model/run';
import { summarizeLatency } from '@shared/statistics/latency-summary';
import { joined, orderStatistics, sketchOf } from '@shared/statistics/sketch';
import type { MeasuredBaseline, MeasuredRun } from '@main/services/compare';

/** What the store gives of a run to be compared. */
export const measured = (run: Run): MeasuredRun => ({ run, sketch: sketchOf(run.launches) });

/** What the store gives of a baseline to be compared: its summary comes from the samples. */
export function measuredBaseline(baseline: CloudBaseline): MeasuredBaseline {
  const samples = joined(countedWindows(baseline).map(({ samplesNs }) => samplesNs));
  const latency = summarizeLatency(samples, 1) ?? null;
  return { baseline: { ...baseline, latency }, ascending: orderStatistics(samples) };
}

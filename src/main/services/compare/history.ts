import type { ChangePoint, HistoryAnalysis } from '@shared/model/comparison';
import { meanOf, sorted } from '@shared/statistics/percentile';
import { p90Of } from '@shared/statistics/sketch';
import { changePoints } from './change-points';
import type { MeasuredRun } from './edge-cloud';

/** Runs that the search for change points needs; shorter histories are judged by the rule below. */
const LONG_HISTORY = 12;
/** Older runs are left out: the search is quadratic. */
const MAXIMUM_RUNS = 200;
const RULE_REFERENCES = 5;

interface Point {
  readonly runId: string;
  readonly launchMediansNs: readonly number[];
  readonly medianNs: number;
  readonly p90Ns: number;
}

const pointOf = ({ run, sketch }: MeasuredRun): Point => ({
  runId: run.id,
  launchMediansNs: sketch.launchMediansNs,
  medianNs: meanOf(sketch.launchMediansNs),
  p90Ns: p90Of(sketch),
});

/**
 * FAI-PEP's rule: slower when the median exceeds the 90th percentile of the earlier p90s by a tenth of their range; never with
 * fewer than five of them (facebook/FAI-PEP benchmarking/regression_detectors/delay_detector).
 */
export function slowerThanHistory(medianNs: number, earlierP90Ns: readonly number[]): boolean {
  if (earlierP90Ns.length < RULE_REFERENCES) return false;
  const ascending = sorted(earlierP90Ns);
  const range = ascending[ascending.length - 1]! - ascending[0]!;
  const p90 = ascending[Math.floor((ascending.length * 9) / 10)]!;
  return medianNs > p90 + Math.trunc(range / 10);
}

function describedChange(
  points: readonly Point[],
  bounds: readonly number[],
  position: number,
  probability: number,
): ChangePoint {
  const from = Math.max(0, ...bounds.filter((bound) => bound < position));
  const to = Math.min(points.length, ...bounds.filter((bound) => bound > position));
  const level = (start: number, end: number) =>
    meanOf(points.slice(start, end).map((point) => point.medianNs));
  const beforeNs = level(from, position);
  const afterNs = level(position, to);
  return {
    runId: points[position]!.runId,
    position,
    beforeNs,
    afterNs,
    changePercent: (afterNs / beforeNs - 1) * 100,
    probability,
  };
}

/** Whether the last run is slower than those before it, and whether the run before it said so already. */
function ruleState(points: readonly Point[]): HistoryAnalysis['regression'] {
  const slower = (index: number, references: number) =>
    index >= 0 &&
    slowerThanHistory(
      points[index]!.medianNs,
      points.slice(0, references).map((point) => point.p90Ns),
    );
  const last = points.length - 1;
  if (slower(last, last - 1) && slower(last - 1, last - 1)) return 'confirmed';
  return slower(last, last) ? 'suspected' : 'none';
}

/**
 * Judges the runs of one subject (see `sameSubject`), oldest first. Only completed runs count. A long history is searched for
 * change points; a short one is judged by FAI-PEP's rule.
 */
export function analyseHistory(runs: readonly MeasuredRun[]): HistoryAnalysis {
  const points = runs
    .filter(({ run, sketch }) => run.status === 'completed' && sketch.launchMediansNs.length > 0)
    .slice(-MAXIMUM_RUNS)
    .map(pointOf);
  const shown = points.map(({ runId, medianNs }) => ({ runId, medianNs }));
  if (points.length <= RULE_REFERENCES) {
    const sentence = `${points.length} completed runs: too few for a judgement (${RULE_REFERENCES + 1} are needed).`;
    return { points: shown, changePoints: [], regression: 'none', sentence };
  }
  const found =
    points.length < LONG_HISTORY ? [] : changePoints(points.map((point) => point.launchMediansNs));
  const bounds = found.map((change) => change.position);
  const changes = found.map(({ position, probability }) =>
    describedChange(points, bounds, position, probability),
  );
  const lastChange = changes.at(-1);
  const stillSlow = lastChange !== undefined && lastChange.changePercent > 0;
  // A change point rests on three runs at least, which is a confirmation in itself.
  const regression = stillSlow ? 'confirmed' : ruleState(points);
  return {
    points: shown,
    changePoints: changes,
    regression,
    sentence: sentenceOf(regression, stillSlow ? lastChange : undefined),
  };
}

function sentenceOf(regression: HistoryAnalysis['regression'], change: ChangePoint | undefined): string {
  if (change !== undefined) {
    return `Slower by ${change.changePercent.toFixed(1)} % since run ${change.runId}.`;
  }
  if (regression === 'confirmed') return 'The last two runs are slower than the history before them.';
  if (regression === 'suspected')
    return 'The last run is slower than the history before it. Measure again to confirm.';
  return 'No lasting change to the slower.';
}

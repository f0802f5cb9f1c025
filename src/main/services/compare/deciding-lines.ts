import type { ComparisonLine, ComparisonTarget } from '@shared/model/comparison';

/** Which way a line is better, and by which factor it has to differ to decide anything. */
const DECIDES: Partial<
  Record<ComparisonLine, { readonly better: 'more' | 'less'; readonly factor: number }>
> = {
  latencyP50: { better: 'less', factor: 1.2 },
  latencyP90: { better: 'less', factor: 1.2 },
  offline: { better: 'more', factor: 1 },
  bytesSent: { better: 'less', factor: 1 },
  appSize: { better: 'less', factor: 1 },
  pricePerThousand: { better: 'less', factor: 1 },
};
/** Half a point of accuracy is one wrong answer in two hundred. */
const ACCURACY_STEP = 0.005;

/** A line that speaks for one side, and how clearly. */
export interface DecidingLine {
  readonly line: ComparisonLine;
  readonly side: 'edge' | 'cloud';
  /** The worse value over the better one; infinite when the better one is 0. */
  readonly factor: number;
}

function factorOf(a: number, b: number): number {
  const [low, high] = [Math.min(a, b), Math.max(a, b)];
  return low === 0 ? Infinity : high / low;
}

/** The lines in which two targets differ enough to decide for one of them, in the order in which lines are shown. */
export function decidingLines(edge: ComparisonTarget, cloud: ComparisonTarget): DecidingLine[] {
  const found: DecidingLine[] = [];
  for (const [name, { better, factor }] of Object.entries(DECIDES)) {
    const line = name as ComparisonLine;
    const [ours, theirs] = [edge.lines[line].value, cloud.lines[line].value];
    if (ours === null || theirs === null || ours === theirs) continue;
    const clear = factorOf(ours, theirs);
    if (clear < factor) continue;
    const side = (better === 'less') === ours < theirs ? 'edge' : 'cloud';
    found.push({ line, side, factor: clear });
  }
  const [ours, theirs] = [edge.lines.accuracy.value, cloud.lines.accuracy.value];
  if (ours !== null && theirs !== null && Math.abs(ours - theirs) >= ACCURACY_STEP)
    found.push({ line: 'accuracy', side: ours > theirs ? 'edge' : 'cloud', factor: factorOf(ours, theirs) });
  return found;
}

import { sortRuns, type RunOrder } from '@renderer/stores/run-order';
import type { RunSummary } from '@shared/model/run';
import { describe, expect, it } from 'vitest';

const run = (sequence: number, recipe: string, p50Ns: number | null): RunSummary =>
  ({ sequence, recipe, latency: p50Ns === null ? null : { p50Ns } }) as RunSummary;
const runs = [run(1, 'int8', 30), run(2, 'float32', null), run(3, 'int8', 10), run(4, 'float16', 20)];
const places = (order: RunOrder): number[] => sortRuns(runs, order).map(({ sequence }) => sequence);

describe('the order of runs', () => {
  it('goes both ways; runs without the figure come last, equals newest first', () => {
    expect(places({ column: 'p50', descending: false })).toEqual([3, 4, 1, 2]);
    expect(places({ column: 'p50', descending: true })).toEqual([1, 4, 3, 2]);
    expect(places({ column: 'recipe', descending: false })).toEqual([4, 2, 3, 1]);
    expect(places({ column: 'when', descending: true })).toEqual([4, 3, 2, 1]);
  });

  it('leaves what it was given as it is', () => {
    places({ column: 'p50', descending: false });
    expect(runs.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4]);
  });
});

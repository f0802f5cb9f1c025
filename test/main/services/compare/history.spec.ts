import { describe, expect, it } from 'vitest';
import type { Run } from '@shared/model/run';
import { analyseHistory as analyseMeasured } from '@main/services/compare';
import { changePoints } from '@main/services/compare/change-points';
import { slowerThanHistory } from '@main/services/compare/history';
import { seededRandom } from '@main/services/compare/random';
import { measured } from '@test/support/measured';
import { sampleLaunch, sampleRun } from '@test/support/sample-run';

const analyseHistory = (runs: readonly Run[]) => analyseMeasured(runs.map(measured));

/** Runs of three launches with a noise of ±3 % between runs and ±1 % within. */
const series = (levels: readonly number[], seed: number): number[][] => {
  const random = seededRandom(seed);
  return levels.map((level) => {
    const own = level * (1 + 0.06 * (random() - 0.5));
    return Array.from({ length: 3 }, () => own * (1 + 0.02 * (random() - 0.5)));
  });
};
const repeated = (level: number, times: number): number[] => Array.from({ length: times }, () => level);

describe('change points', () => {
  it('are found where two steps were planted', () => {
    const runs = series([...repeated(100, 20), ...repeated(115, 20), ...repeated(90, 20)], 5);
    expect(changePoints(runs).map((change) => change.position)).toEqual([20, 40]);
  });

  it('are rare in series without any', () => {
    const found = Array.from(
      { length: 60 },
      (_, seed) => changePoints(series(repeated(100, 25), seed), seed).length,
    );
    expect(found.filter((count) => count > 0).length).toBeLessThanOrEqual(3);
  });

  it('do not follow a single outlier', () => {
    const levels = repeated(100, 30);
    levels[17] = 200;
    expect(changePoints(series(levels, 3))).toEqual([]);
  });

  it('do not depend on the day: the same series, the same answer', () => {
    const runs = series([...repeated(100, 15), ...repeated(120, 15)], 8);
    expect(changePoints(runs)).toEqual(changePoints(runs));
  });
});

describe("FAI-PEP's rule", () => {
  it('needs five references and compares with the 90th percentile of p90s and a tenth of their range', () => {
    expect(slowerThanHistory(1000, [10, 10, 10, 10])).toBe(false);
    // Index floor(5 · 9 / 10) = 4 is 140; the range is 40, a tenth of it 4.
    const p90s = [120, 100, 140, 110, 130];
    expect(slowerThanHistory(144, p90s)).toBe(false);
    expect(slowerThanHistory(145, p90s)).toBe(true);
  });
});

describe('a history', () => {
  const runs = (medians: readonly number[]) =>
    medians.map((median, i) =>
      sampleRun({ id: `run-${i}`, launches: [0, 1, 2, 3].map((index) => sampleLaunch(index, median * 1e6)) }),
    );

  it('of few runs is not judged', () => {
    expect(analyseHistory(runs([4, 4, 9])).regression).toBe('none');
  });

  it('that is short suspects after one slow run and confirms after two', () => {
    expect(analyseHistory(runs([4, 4, 4.1, 4, 4, 4.05])).regression).toBe('none');
    expect(analyseHistory(runs([4, 4, 4.1, 4, 4, 6])).regression).toBe('suspected');
    expect(analyseHistory(runs([4, 4, 4.1, 4, 4, 6, 6.1])).regression).toBe('confirmed');
    expect(analyseHistory(runs([4, 4, 4.1, 4, 4, 6, 4])).regression).toBe('none');
  });

  it('that is long names the run where it got slower, and by how much', () => {
    const wobble = [0, 0.02, -0.02, 0.01, -0.01];
    const medians = Array.from({ length: 24 }, (_, i) => (i < 12 ? 4 : 5) + wobble[i % 5]!);
    const analysis = analyseHistory(runs(medians));
    expect(analysis.regression).toBe('confirmed');
    expect(analysis.changePoints).toHaveLength(1);
    expect(analysis.changePoints[0]).toMatchObject({ runId: 'run-12', position: 12 });
    expect(analysis.changePoints[0]!.changePercent).toBeCloseTo(25, 0);
  });

  it('leaves out runs that were not completed', () => {
    const all = runs([4, 4, 4, 4, 4, 4]).concat(
      sampleRun({ id: 'bad', status: 'interrupted', launches: [sampleLaunch(0, 9e6)] }),
    );
    expect(analyseHistory(all).points.map((point) => point.runId)).not.toContain('bad');
  });
});

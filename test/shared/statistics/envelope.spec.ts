import { envelopeOf } from '@shared/statistics/envelope';
import { describe, expect, it } from 'vitest';

describe('envelopeOf', () => {
  it('gives few values as they are', () => {
    expect(envelopeOf([3, 1, 2], 10)).toEqual({
      index: [0, 1, 2],
      low: [3, 1, 2],
      median: [3, 1, 2],
      p95: [3, 1, 2],
      high: [3, 1, 2],
    });
  });

  it('keeps every extreme of many values within the limit', () => {
    const values = Array.from({ length: 100_003 }, (_, i) => 100 + (i % 7));
    values[77_777] = 9_999;
    values[3] = 1;
    const { index, low, median, p95, high } = envelopeOf(values, 500);
    expect(index.length).toBeLessThanOrEqual(500);
    expect(Math.max(...high)).toBe(9_999);
    expect(Math.min(...low)).toBe(1);
    expect(p95.every((value) => value === 106)).toBe(true);
    expect(median.every((value) => value === 103)).toBe(true);
    expect(index[high.indexOf(9_999)]).toBeLessThanOrEqual(77_777);
  });

  it('gives nothing for nothing', () => {
    expect(envelopeOf([], 10).index).toEqual([]);
  });
});

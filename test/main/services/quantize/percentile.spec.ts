import { rangeBy } from '@main/services/quantize';
import { expect, it } from 'vitest';

const seen = {
  min: -10,
  max: 90,
  histogram: { min: -10, max: 90, counts: [0, 1, 98, 99, 98, 1, 1, 1, 0, 1] },
};
const calibration = { method: 'percentile', percentile: 99, maxSamples: 1 } as const;

it('cuts outliers off on both sides, by whole bins', () => {
  expect(rangeBy(calibration, seen)).toEqual({ min: 10, max: 70 });
  expect(rangeBy({ ...calibration, percentile: 100 }, seen)).toEqual({ min: 0, max: 90 });
});

it('takes all of it by min and max, or without a histogram', () => {
  expect(rangeBy({ ...calibration, method: 'min-max' }, seen)).toBe(seen);
  expect(rangeBy(calibration, { min: 1, max: 2 })).toEqual({ min: 1, max: 2 });
});

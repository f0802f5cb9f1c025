import { bytesText, countText, latencyText, percentText, shapeText } from '@renderer/format';
import { describe, expect, it } from 'vitest';

describe('figures as people read them', () => {
  it.each([
    [0, '0.00 µs'],
    [3_691, '3.69 µs'],
    [99_940, '99.9 µs'],
    [999_000, '999 µs'],
    [1_234_000, '1.23 ms'],
    [56_500_000, '56.5 ms'],
    [2_500_000_000, '2.50 s'],
  ])('latency: %d ns is %s', (ns, text) => expect(latencyText(ns)).toBe(text));

  it.each([
    [999, '999 B'],
    [15_400, '15.4 kB'],
    [1_500_000, '1.50 MB'],
    [23_983_850_000, '23.98 GB'],
  ])('size: %d bytes is %s', (bytes, text) => expect(bytesText(bytes)).toBe(text));

  it('sets thousands apart', () => {
    expect([0, 999, 1000, 1234567].map(countText)).toEqual(['0', '999', '1\u2009000', '1\u2009234\u2009567']);
  });

  it('shows a figure that was not taken as a dash', () => {
    const missing = [latencyText(null), bytesText(undefined), countText(null), percentText(null)];
    expect(missing).toEqual(['–', '–', '–', '–']);
  });

  it('shows shares and unknown dimensions', () => {
    expect(percentText(0.978)).toBe('97.8 %');
    expect(shapeText([-1, 8, 8, 1])).toBe('[?, 8, 8, 1]');
  });
});

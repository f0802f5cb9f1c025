import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_NS } from '@shared/model/run';
import { crc32 } from '@main/services/store/crc32';
import {
  bucketBounds,
  decodeHistogram,
  encodeHistogram,
  histogramOf,
  mergeHistograms,
} from '@main/services/store/histogram';
import { decodeSamples, encodeSamples } from '@main/services/store/samples-codec';

const samples = fc.array(fc.integer({ min: 0, max: MAX_NS }), { maxLength: 200 });

describe('samples as differences', () => {
  it('gives back exactly what was written', () => {
    fc.assert(
      fc.property(samples, (values) => {
        expect([...decodeSamples(encodeSamples(values), values.length)]).toEqual(values);
      }),
    );
  });

  it('handles the extremes side by side', () => {
    const extremes = [MAX_NS, 0, MAX_NS, 1, 2 ** 31, 2 ** 31 - 1, 2 ** 32, 127, 128];
    expect([...decodeSamples(encodeSamples(extremes), extremes.length)]).toEqual(extremes);
  });

  it.each([Number.NaN, -1, 0.5, Number.POSITIVE_INFINITY, MAX_NS + 1])('refuses the sample %s', (value) => {
    expect(() => encodeSamples([1, value])).toThrow(RangeError);
  });

  it('refuses bytes that are cut off, too long, or wrong', () => {
    const bytes = encodeSamples([4_000_000, 4_000_100, 3_999_000]);
    for (let length = 0; length < bytes.length; length += 1) {
      expect(() => decodeSamples(bytes.slice(0, length), 3)).toThrow(RangeError);
    }
    expect(() => decodeSamples(bytes, 2)).toThrow('more samples');
    expect(() => decodeSamples(new Uint8Array(20).fill(255), 2)).toThrow('longer than 53 bits');
    expect(() => decodeSamples(Uint8Array.of(1), 1)).toThrow('out of range');
  });

  it('takes about two bytes per sample of a steady model', () => {
    const steady = Array.from({ length: 10_000 }, (_, i) => 4_000_000 + ((i * 7919) % 8000));
    expect(encodeSamples(steady).length).toBeLessThan(21_000);
  });
});

describe('checksum', () => {
  it('is the CRC-32 of the standard check value', () => {
    expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
  });
});

describe('histogram', () => {
  it('keeps each value in a bucket that is within 1 % wide, and counts all', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: MAX_NS }), (value) => {
        const [bucket] = [...histogramOf([value]).keys()];
        const [low, high] = bucketBounds(bucket!);
        expect(value).toBeGreaterThanOrEqual(low);
        expect(value).toBeLessThan(high);
        expect(high - low).toBeLessThanOrEqual(Math.max(1, low / 128));
      }),
    );
  });

  it('of joined samples equals the merge of the parts, through its bytes', () => {
    fc.assert(
      fc.property(samples, samples, (a, b) => {
        const merged = mergeHistograms(
          [a, b].map((part) => decodeHistogram(encodeHistogram(histogramOf(part)))),
        );
        expect([...merged]).toEqual([...histogramOf([...a, ...b])]);
      }),
    );
  });
});

import { describe, expect, it } from 'vitest';
import { probabilitySmaller } from '@shared/statistics/distribution';
import { valuesAtRanks } from '@shared/statistics/order-statistics';
import { sorted } from '@shared/statistics/percentile';
import { orderStatistics, sketchOf } from '@shared/statistics/sketch';
import { uniform } from '@shared/statistics/uniform';

const random = uniform(11);
const made = (count: number, of: (u: number) => number): Float64Array =>
  Float64Array.from({ length: count }, () => Math.round(of(random())));

describe('values at ranks', () => {
  it.each([
    ['a peak with a tail', made(50_000, (u) => 4e6 * (1 - 0.1 * Math.log(1 - u)))],
    ['one outlier far away', Float64Array.of(...made(20_000, (u) => 1000 + u * 50), 1e15)],
    ['all the same', made(10_000, () => 7)],
    ['two values', made(10_000, (u) => (u < 0.3 ? 1 : 2 ** 52))],
    ['few', made(10, (u) => u * 100)],
  ])('are those of a sort: %s', (_title, values) => {
    const ascending = sorted(values);
    const last = values.length - 1;
    const ranks = [0, 1, Math.floor(last / 3), Math.floor(last / 2), last - 1, last];
    expect(valuesAtRanks(values, ranks)).toEqual(ranks.map((rank) => ascending[rank]));
  });
});

describe('sketches', () => {
  it('keep few samples whole and the extremes of many', () => {
    const few = made(500, (u) => u * 1e6);
    expect(orderStatistics(few)).toEqual(sorted(few));
    const many = made(30_000, (u) => u * 1e6);
    const kept = orderStatistics(many);
    const ascending = sorted(many);
    expect([kept.length, kept[0], kept.at(-1)]).toEqual([2048, ascending[0], ascending.at(-1)]);
  });

  it('give the chance of one being faster to a two-thousandth', () => {
    const a = made(30_000, (u) => 5e6 + u * 1e6);
    const b = made(40_000, (u) => 5.2e6 + u * u * 1e6);
    const exact = probabilitySmaller(sorted(a), sorted(b));
    expect(Math.abs(probabilitySmaller(orderStatistics(a), orderStatistics(b)) - exact)).toBeLessThan(
      1 / 2000,
    );
  });

  it('count completed launches only', () => {
    const launch = (status: 'completed' | 'quarantined', ns: number) => ({ status, samplesNs: [ns, ns, ns] });
    const sketch = sketchOf([launch('completed', 5), launch('quarantined', 9), launch('completed', 7)]);
    expect(sketch.launchMediansNs).toEqual([5, 7]);
    expect(sketch.latency).toMatchObject({ samples: 6, launches: 2, minNs: 5, maxNs: 7 });
    expect(sketchOf([]).latency).toBeNull();
  });
});

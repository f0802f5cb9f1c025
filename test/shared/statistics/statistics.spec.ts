import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ecdfOf, probabilitySmaller } from '@shared/statistics/distribution';
import { breakEvenKbps, breakEvenRttMs, cloudMedianNs } from '@shared/statistics/network-model';
import {
  minimumSamples,
  percentileOfSorted,
  sorted,
  supportedPercentile,
} from '@shared/statistics/percentile';

const samples = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 60 });

describe('percentiles', () => {
  it.each([
    [90, 64],
    [95, 130],
    [99, 662],
    [99.9, 6636],
  ])('p%s needs %i samples, as LoadGen says', (percent, count) => {
    expect(minimumSamples(percent)).toBe(count);
  });

  it('say how many samples are missing instead of a value', () => {
    expect(supportedPercentile(sorted([1, 2, 3]), 90)).toEqual({ supported: false, missingSamples: 61 });
    expect(supportedPercentile(sorted(Array.from({ length: 64 }, (_, i) => i)), 90)).toEqual({
      supported: true,
      value: 57,
    });
  });

  it('are the smallest sample that enough samples do not exceed', () => {
    fc.assert(
      fc.property(samples, fc.integer({ min: 1, max: 100 }), (values, percent) => {
        const ascending = sorted(values);
        const slow = [...ascending].find(
          (value) => values.filter((other) => other <= value).length * 100 >= percent * values.length,
        );
        expect(percentileOfSorted(ascending, percent)).toBe(slow);
      }),
    );
  });
});

describe('probability that one is smaller', () => {
  it('equals counting all pairs', () => {
    fc.assert(
      fc.property(samples, samples, (a, b) => {
        let wins = 0;
        for (const x of a) for (const y of b) wins += x < y ? 1 : x === y ? 0.5 : 0;
        expect(probabilitySmaller(sorted(a), sorted(b))).toBeCloseTo(wins / (a.length * b.length), 12);
      }),
    );
  });
});

describe('empirical distribution', () => {
  it('keeps the extremes and ends at 1', () => {
    const ascending = sorted(Array.from({ length: 1234 }, (_, i) => (i * 7919) % 4001));
    const { ns, share } = ecdfOf(ascending);
    expect([ns.length, ns[0], ns.at(-1), share.at(-1)]).toEqual([200, ascending[0], ascending[1233], 1]);
    for (const [index, value] of ns.entries()) {
      expect(share[index]).toBeLessThanOrEqual(ascending.filter((other) => other <= value).length / 1234);
    }
  });
});

describe('break-even figures', () => {
  const base = Array.from({ length: 501 }, (_, i) => 2_000_000 + ((i * 7919) % 501) * 3000);
  const edge = Array.from({ length: 401 }, (_, i) => 30_000_000 + ((i * 104_729) % 401) * 20_000);
  const model = {
    baseP50Ns: percentileOfSorted(sorted(base), 50),
    requestBytes: 15_000,
    responseBytes: 4000,
    rttMs: 5,
    upKbps: 20_000,
    downKbps: 80_000,
  };
  const edgeP50 = percentileOfSorted(sorted(edge), 50);

  /** Median of all requests simulated one by one on a link. */
  const simulated = (rttMs: number, upKbps: number, downKbps: number): number => {
    const latencies = base.map(
      (server) =>
        server +
        rttMs * 1e6 +
        (model.requestBytes * 8 * 1e6) / upKbps +
        (model.responseBytes * 8 * 1e6) / downKbps,
    );
    return percentileOfSorted(sorted(latencies), 50);
  };

  /** Where a growing function first reaches the edge's median, by halving. */
  const crossing = (low: number, high: number, grows: (value: number) => number): number => {
    let [from, to] = [low, high];
    for (let i = 0; i < 80; i += 1) {
      const middle = (from + to) / 2;
      if (grows(middle) < edgeP50) from = middle;
      else to = middle;
    }
    return to;
  };

  it('agree with a simulation of every request within 1 %', () => {
    const rtt = crossing(0, 1000, (value) => simulated(value, model.upKbps, model.downKbps));
    expect(Math.abs(breakEvenRttMs(edgeP50, model)! / rtt - 1)).toBeLessThan(0.01);
    const slowness = crossing(1e-9, 1, (value) => simulated(model.rttMs, 1 / value, 1 / value));
    expect(Math.abs(breakEvenKbps(edgeP50, model)! * slowness - 1)).toBeLessThan(0.01);
  });

  it('are none when the edge is faster than the server itself', () => {
    expect(breakEvenRttMs(1_000_000, model)).toBeNull();
    expect(breakEvenKbps(1_000_000, model)).toBeNull();
  });

  it('leave the medians equal', () => {
    const rttMs = breakEvenRttMs(edgeP50, model)!;
    expect(cloudMedianNs({ ...model, rttMs })).toBeCloseTo(edgeP50, 0);
  });
});

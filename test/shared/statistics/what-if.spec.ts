import { describe, expect, it } from 'vitest';
import type { NetworkModel } from '@shared/model/comparison';
import { breakEvenKbps, breakEvenRttMs } from '@shared/statistics/network-model';
import { percentileOfSorted, sorted } from '@shared/statistics/percentile';
import { whatIf } from '@shared/statistics/what-if';
import { seededRandom } from '@main/services/compare/random';

/** Answer times of a server in ns, with a long tail. */
const serverNs = (medianNs: number, seed: number): number[] => {
  const random = seededRandom(seed);
  return Array.from({ length: 501 }, () => medianNs * (0.8 + (0.2 * -Math.log(1 - random())) / Math.LN2));
};
const median = (values: readonly number[]): number => percentileOfSorted(sorted(values), 50);

/** The network request by request: a round trip and the bytes both ways, added to each of the server's answers. */
const simulatedMedianNs = (
  server: readonly number[],
  model: NetworkModel,
  rttMs: number,
  kbps: number,
): number =>
  median(
    server.map((ns) => {
      const up = kbps === 0 ? 0 : (model.requestBytes * 8) / (kbps * 1000);
      const down = kbps === 0 ? 0 : (model.responseBytes * 8) / (kbps * 1000);
      return ns + rttMs * 1e6 + (up + down) * 1e9;
    }),
  );

/** The last of ascending steps at which the cloud is still not slower than the edge. */
function lastStep(from: number, to: number, steps: number, holds: (value: number) => boolean): number {
  let found = Number.NaN;
  for (let i = 0; i <= steps; i += 1) {
    const value = from + ((to - from) * i) / steps;
    if (!holds(value)) break;
    found = value;
  }
  return found;
}

describe('break-even points', () => {
  it.each([
    [60e6, 8e6, 150_000, 4000],
    [25e6, 3e6, 1250, 250],
    [400e6, 90e6, 602_112, 8000],
  ])('agree with a simulation step by step within 1 %% (edge %d ns)', (edgeNs, serverMedianNs, up, down) => {
    const server = serverNs(serverMedianNs, 7);
    const model: NetworkModel = {
      baseP50Ns: median(server),
      requestBytes: up,
      responseBytes: down,
      rttMs: 5,
      upKbps: 50_000,
      downKbps: 50_000,
    };
    const rtt = breakEvenRttMs(edgeNs, model)!;
    const rttFound = lastStep(0, 400, 4000, (ms) => simulatedMedianNs(server, model, ms, 50_000) <= edgeNs);
    expect(Math.abs(rtt - rttFound)).toBeLessThan(Math.max(0.1, rtt * 0.01));
    const kbps = breakEvenKbps(edgeNs, model)!;
    // Downwards in bandwidth: each step makes the cloud slower.
    const kbpsFound = -lastStep(
      -20 * kbps,
      -0.5 * kbps,
      8000,
      (less) => simulatedMedianNs(server, model, 5, -less) <= edgeNs,
    );
    expect(Math.abs(kbps / kbpsFound - 1)).toBeLessThan(0.01);
  });
});

describe('what if', () => {
  const model: NetworkModel = {
    baseP50Ns: 10e6,
    requestBytes: 1000,
    responseBytes: 500,
    rttMs: 0,
    upKbps: 0,
    downKbps: 0,
  };

  it('computes latency, cost and bytes for other figures', () => {
    const result = whatIf(15e6, model, {
      rttMs: 20,
      kbps: 1000,
      pricePerThousand: 0.4,
      inferencesPerDay: 50_000,
    });
    expect(result.cloudP50Ns).toBeCloseTo(10e6 + 20e6 + 8e6 + 4e6);
    expect(result.edgeGainNs).toBeCloseTo(27e6);
    expect(result.costPerDay).toBeCloseTo(20);
    expect(result.costPerYear).toBeCloseTo(7300);
    expect(result.bytesPerDay).toBe(50e6);
  });
});

import { describe, expect, it } from 'vitest';
import type { CloudBaseline } from '@shared/model/cloud';
import { edgeCloudComparisonSchema } from '@shared/model/comparison';
import type { Run } from '@shared/model/run';
import { compareEdgeWithCloud, type EdgeCloudInput } from '@main/services/compare';
import { decidingLines } from '@main/services/compare/deciding-lines';
import { measured, measuredBaseline } from '@test/support/measured';
import { sampleBaseline } from '@test/support/sample-baseline';
import { sampleRun } from '@test/support/sample-run';

interface Changes extends Omit<Partial<EdgeCloudInput>, 'runs' | 'baselines'> {
  readonly runs?: readonly Run[];
  readonly baselines?: readonly CloudBaseline[];
}

const compared = ({ runs, baselines, ...changes }: Changes = {}) =>
  compareEdgeWithCloud({
    model: { hash: 'a'.repeat(64), name: 'digits' },
    ...changes,
    runs: (runs ?? [sampleRun()]).map(measured),
    baselines: (baselines ?? [sampleBaseline()]).map(measuredBaseline),
  });

describe('edge against cloud', () => {
  it('gives the whole object, in the shape that travels', () => {
    const comparison = compared();
    expect(edgeCloudComparisonSchema.parse(comparison)).toEqual(comparison);
    expect(comparison.targets.map(({ kind, evidence }) => [kind, evidence])).toEqual([
      ['edge', 'measured'],
      ['cloud', 'simulated'],
    ]);
  });

  it('cautions of a variant that failed validation, and says what computed the cloud side', () => {
    const { variant } = sampleRun();
    const embedded = {
      ...sampleBaseline().endpoint,
      embedded: true,
      framework: 'our reading of the Keras file',
    };
    const { targets } = compared({
      runs: [sampleRun({ variant: { ...variant, validation: 'failed' } })],
      baselines: [sampleBaseline({ endpoint: embedded })],
    });
    expect(targets[0]?.cautions.join()).toContain('failed validation');
    expect(targets[1]?.cautions.join()).toContain('(our reading of the Keras file)');
    expect(compared().targets[0]?.cautions.join()).not.toContain('failed validation');
  });

  it('computes gain, probability and break-even points from the samples', () => {
    const [pair] = compared().pairs;
    // Medians: nearest rank of the made-up spreads; the network adds 30 ms, 1,250 B at 10 Mbit/s and 250 B at 40 Mbit/s.
    const [edge, cloud] = compared().targets.map((target) => target.latency!.p50Ns!);
    const addedNs = 30e6 + 1e6 + 50_000;
    expect(pair).toMatchObject({ probabilityEdgeFaster: 1, edgeGainNs: cloud! - edge! });
    expect(pair!.model.baseP50Ns).toBe(cloud! - addedNs);
    // The server alone needs about 9 ms: more than the edge's 4, so no network makes the cloud faster.
    expect([pair!.breakEvenRttMs, pair!.breakEvenKbps]).toEqual([null, null]);
  });

  it('finds the round-trip time below which the cloud wins', () => {
    const [pair] = compared({ runs: [sampleRun({}, 20_000_000)] }).pairs;
    const edge = compared({ runs: [sampleRun({}, 20_000_000)] }).targets[0]!.latency!.p50Ns!;
    expect(pair!.breakEvenRttMs).toBeCloseTo((edge - pair!.model.baseP50Ns - 1_050_000) / 1e6, 6);
    expect(pair!.breakEvenKbps).toBeNull();
  });

  it('says of every line where it comes from', () => {
    const [edge, cloud] = compared({
      accuracy: { original: 0.99, variants: { ['b'.repeat(64)]: 0.985 } },
      runs: [sampleRun({ offline: true })],
      runtimeBytes: () => 4_000_000,
      baselines: [sampleBaseline({ endpoint: { ...sampleBaseline().endpoint, pricePerThousand: 0.2 } })],
    }).targets;
    expect(edge!.lines).toMatchObject({
      offline: { value: 1, evidence: 'measured' },
      appSize: { value: 4_030_000, note: 'model and runtime library, not compressed' },
      accuracy: { value: 0.985, evidence: 'measured' },
      memory: { value: null, evidence: 'not-measured' },
      energy: { value: null, evidence: 'not-measured' },
    });
    expect(cloud!.lines).toMatchObject({
      latencyP50: { evidence: 'simulated' },
      offline: { value: 0, evidence: 'given', note: 'needs the network' },
      bytesSent: { value: 1250, evidence: 'measured' },
      accuracy: { value: 0.99 },
      pricePerThousand: { value: 0.2, evidence: 'given' },
    });
  });

  it('calls a measurement without a network profile measured', () => {
    const network = { name: 'none' as const, rttMs: 0, jitterMs: 0, upKbps: 0, downKbps: 0, lossPercent: 0 };
    expect(compared({ baselines: [sampleBaseline({ network })] }).targets[1]!.evidence).toBe('measured');
  });

  it('withholds the verdict above 1 % errors', () => {
    const comparison = compared({ baselines: [sampleBaseline({ errorRate: 0.02 })] });
    expect(comparison.pairs[0]).toMatchObject({ probabilityEdgeFaster: null, edgeGainNs: null });
    expect(comparison.targets[1]!.cautions.join(' ')).toContain('2.0 % of the requests failed');
    expect(comparison.summary[0]).toContain('No verdict');
    expect(comparison.summary.join('\n')).not.toMatch(/better in:[^.]*latency/);
  });

  it('leaves out the latency of what was interrupted and says so', () => {
    const comparison = compared({ runs: [sampleRun({ status: 'interrupted', reason: 'device lost' })] });
    expect(comparison.targets[0]).toMatchObject({ latency: null, evidence: 'not-measured' });
    expect(comparison.targets[0]!.cautions[0]).toContain('device lost');
    expect(comparison.pairs).toEqual([]);
    expect(comparison.summary[0]).toContain('edge side is not measured');
  });

  it('says when the cloud side is missing', () => {
    expect(compared({ baselines: [] }).summary[0]).toContain('The cloud side is not measured');
  });

  it('sums up who wins, what was simulated and what was not measured', () => {
    const text = compared({
      accuracy: { original: 0.99, variants: { ['b'.repeat(64)]: 0.98 } },
    }).summary.join('\n');
    expect(text).toContain('Acme One · int8 answers in');
    expect(text).toContain('100.0 % of cases');
    expect(text).toContain('1.0 points less accurate than the original (98.0 % against 99.0 %)');
    expect(text).toContain('1,250 bytes');
    expect(text).toContain('Simulated, not a real network: Embedded server · 4g (simulated).');
    expect(text).toMatch(/Not measured: memory, energy\./);
    expect(text).toMatch(/Not measured everywhere: working offline, price\./);
  });

  it('names the lines that decide, and for whom', () => {
    const text = compared({
      runs: [sampleRun({ offline: true })],
      accuracy: { original: 0.99, variants: { ['b'.repeat(64)]: 0.98 } },
      baselines: [sampleBaseline({ endpoint: { ...sampleBaseline().endpoint, pricePerThousand: 0.2 } })],
    }).summary.join('\n');
    expect(text).toMatch(
      /Acme One · int8 is better in: median latency \([\d.]+ times\), p90 latency \([\d.]+ times\), working offline, bytes sent, price\./,
    );
    expect(text).toContain('Embedded server · 4g (simulated) is better in: app size, accuracy.');
  });

  it('does not call a difference deciding that is none', () => {
    const [edge, cloud] = compared({
      runs: [sampleRun({}, 40_000_000)],
      accuracy: { original: 0.99, variants: { ['b'.repeat(64)]: 0.988 } },
    }).targets;
    expect(decidingLines(edge!, cloud!).map(({ line }) => line)).toEqual(['bytesSent', 'appSize']);
    const speaking = compared({ runs: [sampleRun({}, 40_000_000)] }).summary.join('\n');
    expect(speaking).toContain('Acme One · int8 is better in: bytes sent.');
  });
});

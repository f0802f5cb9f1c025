import type { CloudBaseline } from '@shared/model/cloud';

/** A stable baseline of three windows around `medianNs`; every field can be replaced. */
export function sampleBaseline(changes: Partial<CloudBaseline> = {}, medianNs = 40_000_000): CloudBaseline {
  const samplesNs = Array.from({ length: 100 }, (_, i) =>
    Math.round(medianNs * (0.9 + ((i * 37) % 201) / 1000)),
  );
  return {
    id: 'cloud-1',
    modelHash: 'a'.repeat(64),
    modelName: 'digits',
    startedAt: '2026-01-02T03:04:05.000Z',
    status: 'stable',
    endpoint: {
      title: 'Embedded server',
      protocol: 'tf-serving',
      url: 'http://127.0.0.1:8501',
      model: 'digits',
      binary: false,
      embedded: true,
    },
    network: { name: '4g', rttMs: 30, jitterMs: 5, upKbps: 10_000, downKbps: 40_000, lossPercent: 0 },
    load: {
      kind: 'poisson',
      ratePerSecond: 20,
      concurrency: 16,
      windowMs: 5000,
      windowRequests: 50,
      maxWindows: 10,
      timeoutMs: 10_000,
      seed: 1,
    },
    windows: Array.from({ length: 3 }, () => ({
      durationNs: 5e9,
      scheduled: 100,
      answered: 100,
      dropped: 0,
      errors: {},
      samplesNs,
    })),
    latency: null,
    split: { computeNs: 2_000_000 },
    requestBytes: 1250,
    responseBytes: 250,
    errorRate: 0,
    goodputPerSecond: 20,
    check: { answers: 300, maxAbs: 1e-6, tolerance: 1e-4 },
    appVersion: '0.1.0',
    ...changes,
  };
}

import type { Launch, Run } from '@shared/model/run';

const hash = (digit: string) => digit.repeat(64);

/** A whole run with made-up, repeatable samples around `medianNs`; every field can be replaced. */
export function sampleRun(changes: Partial<Run> = {}, medianNs = 4_000_000): Run {
  return {
    id: 'run-1',
    name: 'digits int8',
    startedAt: '2026-01-02T03:04:05.000Z',
    status: 'completed',
    model: { hash: hash('a'), name: 'digits', format: 'saved-model', bytes: 120_000 },
    variant: { hash: hash('b'), recipe: 'int8', bytes: 30_000 },
    device: {
      kind: 'android',
      serial: 'emulator-5554',
      manufacturer: 'Acme',
      model: 'One',
      abis: ['arm64-v8a'],
    },
    profile: {
      name: 'standard',
      warmup: { runs: 8, seconds: 1 },
      samplesPerLaunch: 130,
      secondsPerLaunch: 10,
      launches: 5,
      order: 'interleaved',
      stopWhenSeparated: false,
      cooldown: { seconds: 1 },
      percentiles: [50, 90, 95],
      verdict: true,
    },
    threads: 1,
    launches: Array.from({ length: 5 }, (_, index) => sampleLaunch(index, medianNs)),
    provenance: {
      appVersion: '0.1.0',
      runner: 'edgebench-runner',
      runtime: 'TFLite 2.21.0',
      delegateAsked: 'xnnpack',
      delegateGot: 'xnnpack',
    },
    ...changes,
  };
}

export function sampleLaunch(index: number, medianNs = 4_000_000, samples = 140): Launch {
  return {
    index,
    status: 'completed',
    initNs: 3_000_000,
    firstInferenceNs: 6_000_000,
    warmupRuns: 8,
    // A fixed spread of ±10 % and 1 % between launches.
    samplesNs: Array.from({ length: samples }, (_, i) =>
      Math.round(medianNs * (1 + (index - 2) / 100) * (0.9 + ((i * 37) % 201) / 1000)),
    ),
    before: { batteryPercent: 80, charging: false, hottestC: 31, thermalStatus: 0 },
    after: { batteryPercent: 80, charging: false, hottestC: 33, thermalStatus: 0 },
  };
}

import { describe, expect, it } from 'vitest';
import type { Launch, Run } from '@shared/model/run';
import { sorted } from '@shared/statistics/percentile';
import { compareRuns, gate, nearestBaseline, verdictOf } from '@main/services/compare';
import { bootstrapDifference } from '@main/services/compare/bootstrap';
import { seededRandom, beta, type Random } from '@main/services/compare/random';
import { sampleLaunch, sampleRun } from '@test/support/sample-run';

/** Roughly normal: the sum of twelve uniform numbers. */
const bell = (random: Random): number => Array.from({ length: 12 }, random).reduce((a, b) => a + b, 0) - 6;

/** Launches with an effect of their own (standard deviation 4 %) and iterations that agree within 1 %. */
function nestedLaunches(random: Random, count: number, factor = 1): Launch[] {
  return Array.from({ length: count }, (_, index) => {
    const level = 4_000_000 * factor * (1 + 0.04 * bell(random));
    const samplesNs = Array.from({ length: 140 }, () => Math.round(level * (1 + 0.01 * bell(random))));
    return { ...sampleLaunch(index), samplesNs };
  });
}

const run = (id: string, launches: Launch[]): Run => sampleRun({ id, launches });

/** The textbook way: draws every iteration. */
function naiveInterval(base: Float64Array[], candidate: Float64Array[], resamples: number, random: Random) {
  const pick = <T>(items: ArrayLike<T>): T => items[Math.floor(random() * items.length)]!;
  const arm = (launches: Float64Array[]) => {
    let total = 0;
    for (let i = 0; i < launches.length; i += 1) {
      const launch = pick(launches);
      const drawn = Float64Array.from(launch, () => pick(launch)).sort();
      total += drawn[Math.ceil(drawn.length / 2) - 1]!;
    }
    return total / launches.length;
  };
  const differences = Float64Array.from({ length: resamples }, () => {
    const from = arm(base);
    return (arm(candidate) / from - 1) * 100;
  }).sort();
  // 0.5 % at each end: t of 8 degrees of freedom (2.306) times √(5/4) is 2.578, whose normal tail is 0.50 %.
  return [
    differences[Math.round(resamples * 0.00497)]!,
    differences[Math.round(resamples * 0.99503)]!,
  ] as const;
}

describe('seeded random numbers', () => {
  it('are the same for the same seed, uniform, and differ between seeds', () => {
    const draw = (seed: number) => Array.from({ length: 20_000 }, seededRandom(seed));
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
    const tenths = Array.from(
      { length: 10 },
      (_, i) => draw(7).filter((x) => Math.floor(x * 10) === i).length,
    );
    for (const count of tenths) expect(Math.abs(count - 2000)).toBeLessThan(200);
  });

  it('give the beta distribution its mean and variance', () => {
    const random = seededRandom(3);
    const draws = Array.from({ length: 20_000 }, () => beta(3, 8, random));
    const mean = draws.reduce((a, b) => a + b, 0) / draws.length;
    const variance = draws.reduce((total, x) => total + (x - mean) ** 2, 0) / draws.length;
    expect(mean).toBeCloseTo(3 / 11, 2);
    expect(variance).toBeCloseTo((3 * 8) / (11 * 11 * 12), 3);
  });
});

describe('the hierarchical bootstrap', () => {
  it('agrees with drawing every iteration', () => {
    const random = seededRandom(11);
    const arms = [nestedLaunches(random, 5), nestedLaunches(random, 5, 1.1)].map((launches) =>
      launches.map((launch) => sorted(launch.samplesNs)),
    );
    const quick = bootstrapDifference(arms[0]!, arms[1]!, { percentile: 50, resamples: 4000, seed: 5 });
    const [low, high] = naiveInterval(arms[0]!, arms[1]!, 4000, random);
    const width = high - low;
    expect(Math.abs(quick.lowPercent - low) / width).toBeLessThan(0.08);
    expect(Math.abs(quick.highPercent - high) / width).toBeLessThan(0.08);
  });

  it('gives the same interval for the same seed', () => {
    const arms = [0, 1].map((seed) =>
      nestedLaunches(seededRandom(seed), 5).map((launch) => sorted(launch.samplesNs)),
    );
    const options = { percentile: 90, resamples: 2000, seed: 9 };
    expect(bootstrapDifference(arms[0]!, arms[1]!, options)).toEqual(
      bootstrapDifference(arms[0]!, arms[1]!, options),
    );
  });
});

describe('a verdict', () => {
  it('finds no difference between a variant and itself in more than 92 % of A/A comparisons', () => {
    const random = seededRandom(2026);
    let resolved = 0;
    for (let i = 0; i < 120; i += 1) {
      const verdict = verdictOf(run('a', nestedLaunches(random, 5)), run('b', nestedLaunches(random, 5)), {
        seed: i,
      });
      if (verdict.outcome !== 'not-resolved') resolved += 1;
    }
    expect(resolved).toBeLessThanOrEqual(9);
  });

  it('finds a difference of 25 % between nested runs, in its direction', () => {
    const random = seededRandom(4);
    const base = run('a', nestedLaunches(random, 5));
    const slower = run('b', nestedLaunches(random, 5, 1.25));
    expect(verdictOf(base, slower).outcome).toBe('worse');
    expect(verdictOf(slower, base).outcome).toBe('better');
  });

  it('does not take agreement within launches for certainty', () => {
    // 10,000 iterations within 0.1 % in each of four launches, whose levels differ by 20 %.
    const launches = (factors: number[]) =>
      factors.map((factor, index) => ({
        ...sampleLaunch(index),
        samplesNs: Array.from({ length: 10_000 }, (_, i) =>
          Math.round(4e6 * factor * (1 + (i % 10) / 10_000)),
        ),
      }));
    const verdict = verdictOf(
      run('a', launches([1, 1.2, 1.05, 0.9])),
      run('b', launches([1.1, 0.95, 1.2, 1.02])),
    );
    expect(verdict.outcome).toBe('not-resolved');
  });

  it('stays silent below the noise floor', () => {
    const base = sampleRun();
    const candidate = sampleRun({
      id: 'b',
      launches: Array.from({ length: 5 }, (_, index) => sampleLaunch(index, 4_400_000)),
    });
    expect(verdictOf(base, candidate, { noiseFloorPercent: 5 }).outcome).toBe('worse');
    const below = verdictOf(base, candidate, { noiseFloorPercent: 12 });
    expect(below.outcome).toBe('not-resolved');
    expect(below.differencePercent).toBeCloseTo(10, 1);
    expect(below.reason).toContain('noise floor');
  });

  it.each([
    ['an interrupted run', sampleRun({ status: 'interrupted' }), 'interrupted'],
    ['one launch', sampleRun({ launches: [sampleLaunch(0)] }), '1 of the 4 launches'],
    [
      'a quick profile',
      sampleRun({ profile: { ...sampleRun().profile, name: 'quick', verdict: false } }),
      'does not allow',
    ],
    ['no samples at all', sampleRun({ launches: [] }), '0 of the 4 launches'],
  ])('is not given on %s', (_, candidate, reason) => {
    const verdict = verdictOf(sampleRun(), candidate);
    expect(verdict.outcome).toBe('not-resolved');
    expect(verdict.interval).toBeNull();
    expect(verdict.reason).toContain(reason);
  });

  it('on a p99 says how many samples are missing', () => {
    expect(verdictOf(sampleRun(), sampleRun({ id: 'b' }), { percentile: 99 }).reason).toContain(
      '522 more samples',
    );
  });
});

describe('conditions', () => {
  it('that differ are named with both values', () => {
    const base = sampleRun();
    const candidate = sampleRun({
      id: 'b',
      threads: 4,
      provenance: { ...base.provenance, delegateGot: 'cpu' },
      launches: base.launches.map((launch) => ({
        ...launch,
        before: { ...launch.before, charging: true, hottestC: 45 },
      })),
    });
    expect(compareRuns(base, candidate).differences).toEqual([
      { what: 'threads', base: '1', candidate: '4' },
      { what: 'delegate', base: 'xnnpack', candidate: 'cpu' },
      { what: 'charging', base: 'no', candidate: 'yes' },
      { what: 'starting temperature', base: '31 °C', candidate: '45 °C' },
    ]);
  });

  it('choose the nearest comparable baseline', () => {
    const subject = sampleRun({ id: 'subject' });
    const history = [
      sampleRun({ id: 'other-threads', threads: 2 }),
      sampleRun({ id: 'interrupted', status: 'interrupted' }),
      sampleRun({ id: 'newer' }),
      sampleRun({ id: 'older' }),
      sampleRun({ id: 'other-device', device: { ...subject.device, serial: 'x' } }),
    ];
    expect(nearestBaseline(subject, history)).toMatchObject({ run: { id: 'newer' }, differences: [] });
    expect(nearestBaseline(subject, history.slice(4))).toBeUndefined();
  });
});

describe('the gate', () => {
  const slow = (id: string) =>
    sampleRun({ id, launches: Array.from({ length: 5 }, (_, index) => sampleLaunch(index, 5_000_000)) });

  it('fails only on what was worse twice', () => {
    expect(gate(sampleRun(), [slow('b')]).state).toBe('unconfirmed');
    expect(gate(sampleRun(), [slow('b'), slow('c')]).state).toBe('worse');
    expect(gate(sampleRun(), [slow('b'), sampleRun({ id: 'c' })]).state).toBe('unconfirmed');
    expect(gate(sampleRun(), [sampleRun({ id: 'c' })]).state).toBe('pass');
    expect(gate(slow('a'), [sampleRun()]).state).toBe('pass');
  });
});

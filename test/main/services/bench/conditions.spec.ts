import { describe, expect, it } from 'vitest';
import type { Clock } from '@main/ports/clock';
import { measure, runnerOf, type BenchEvent } from '@main/services/bench';
import type { DeviceConditions } from '@shared/model/device';
import type { Profile } from '@shared/model/profile';
import type { Run } from '@shared/model/run';
import { BenchRecord } from '@test/support/bench-record';
import { scriptedParts, ScriptedTarget, untilAborted } from '@test/support/scripted-target';

const profile: Profile = {
  name: 'standard',
  warmup: { runs: 1, seconds: 0 },
  samplesPerLaunch: 20,
  secondsPerLaunch: 0,
  launches: 3,
  order: 'interleaved',
  stopWhenSeparated: false,
  cooldown: { seconds: 0 },
  percentiles: [50],
  verdict: true,
  gate: { waitSeconds: 100, thermalStatus: 1, batteryPercent: 15, batteryC: 37 },
};

/** A clock that a test turns: a sleep takes no time, and moves it on. */
class TurnedClock implements Clock {
  wallMs = Date.UTC(2026, 0, 1);
  #ns = 0;
  nowIso = (): string => new Date(this.wallMs).toISOString();
  monotonicNs = (): number => this.#ns;
  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 1));
    signal?.throwIfAborted();
    this.pass(ms);
  }
  pass(ms: number): void {
    this.#ns += ms * 1e6;
    this.wallMs += ms;
  }
}

interface Scene {
  readonly target: ScriptedTarget;
  readonly clock: TurnedClock;
  readonly profile?: Partial<Profile>;
  readonly variants?: readonly string[];
  readonly onEvent?: (event: BenchEvent) => void;
  readonly isDecided?: (runs: readonly Run[]) => boolean;
}

async function play({ target, clock, ...scene }: Scene): Promise<BenchRecord> {
  const record = new BenchRecord();
  const hash = 'a'.repeat(64);
  const { isDecided } = scene;
  const problems = await measure(
    clock,
    {
      planId: 'plan',
      variants: (scene.variants ?? ['int8']).map((recipe) => ({
        name: recipe,
        model: { hash, name: 'm', format: 'tflite', bytes: 1 },
        variant: { hash, recipe, bytes: 1 },
        file: { path: '/m', bytes: 1, sha256: hash } as never,
      })),
      targets: [target],
      threads: [1],
      runner: runnerOf({ name: 'edgebench' }, scriptedParts),
      delegates: [{ kind: 'xnnpack' }],
      prepare: false,
      profile: { ...profile, ...scene.profile },
      appVersion: '0',
      newId: () => `run-${record.runs().length}`,
      watchEveryMs: 5,
      ...(isDecided ? { isDecided } : {}),
    },
    record,
    (event) => {
      record.onEvent(event);
      scene.onEvent?.(event);
    },
  );
  expect(problems).toEqual([]);
  return record;
}

const fine: DeviceConditions = {
  thermalStatus: 0,
  batteryPercent: 80,
  batteryC: 30,
  charging: true,
  screenOn: true,
  clockS: 1_000_000,
  uptimeS: 500,
};
const scene = (): { target: ScriptedTarget; clock: TurnedClock } => {
  const target = new ScriptedTarget('phone');
  target.conditionsNow = fine;
  return { target, clock: new TurnedClock() };
};
const batch = (count: number, ns = 1_000_000): number[] => Array.from({ length: count }, () => ns);

describe('a launch that has to wait', () => {
  const UNFIT: [string, DeviceConditions, RegExp][] = [
    ['heat', { ...fine, thermalStatus: 2 }, /too hot \(thermal status 2\)/],
    ['a warm battery', { ...fine, batteryC: 41 }, /battery at 41 °C/],
    ['a low battery', { ...fine, batteryPercent: 5, charging: false }, /battery low \(5 %\)/],
    ['charging that ended', { ...fine, charging: false }, /not charging any more/],
    ['a dark screen', { ...fine, screenOn: false }, /screen was turned off/],
  ];
  it.each(UNFIT)('says that it waits for %s to end, and begins when it has', async (_, unfit, why) => {
    const { target, clock } = scene();
    // Asked when the plan begins, before and after the first launch; unfit then, twice.
    let asked = 0;
    target.onConditions = () => {
      asked += 1;
      return asked === 4 || asked === 5 ? unfit : fine;
    };
    const record = await play({ target, clock });
    expect(record.events('waiting')).toMatchObject([{ why: expect.stringMatching(why) as string }]);
    expect(record.runs()).toMatchObject([{ status: 'completed' }]);
  });

  it('gives up after the longest wait, keeps that it did, and does not wait as long for each of the others', async () => {
    const { target, clock } = scene();
    target.conditionsNow = { ...fine, thermalStatus: 4 };
    const record = await play({ target, clock });
    expect(record.runs()).toMatchObject([
      { status: 'quarantined', reason: expect.stringContaining('too hot') as string },
    ]);
    expect(record.runs()[0]!.launches.map(({ status, samplesNs }) => [status, samplesNs.length])).toEqual([
      ['quarantined', 0],
      ['quarantined', 0],
      ['quarantined', 0],
    ]);
    expect(target.launches).toBe(0);
    expect(clock.monotonicNs() / 1e9).toBeGreaterThanOrEqual(100);
    expect(clock.monotonicNs() / 1e9).toBeLessThan(200);
  });
});

describe('a device that changes while a launch is under way', () => {
  it('keeps what came before the change when that is enough, and quarantines the rest with the reason', async () => {
    const { target, clock } = scene();
    target.onLaunch = async (tell) => {
      tell(batch(30));
      if (target.launches > 1) return;
      await target.looked();
      target.conditionsNow = { ...fine, charging: false };
      tell(batch(10, 2_000_000));
      await target.looked();
      target.conditionsNow = fine;
    };
    const record = await play({ target, clock, profile: { launches: 1 } });
    expect(
      record.runs()[0]!.launches.map(({ status, reason, samplesNs }) => [status, reason, samplesNs.length]),
    ).toEqual([
      ['completed', undefined, 30],
      ['quarantined', 'charging ended during it', 10],
    ]);
    expect(record.runs()[0]!.launches[0]!.during?.length).toBeGreaterThan(0);
  });

  it('is spoiled as a whole when too little came before, and made again as often as the profile says', async () => {
    const { target, clock } = scene();
    target.onLaunch = async (tell) => {
      tell(batch(5));
      if (target.launches === 2) {
        target.conditionsNow = { ...fine, thermalStatus: 1 };
        await target.looked();
        target.conditionsNow = fine;
      }
      tell(batch(20));
    };
    const record = await play({ target, clock, profile: { repeats: 2 } });
    const [run] = record.runs();
    expect(run?.launches.map(({ index, status }) => [index, status])).toEqual([
      [0, 'completed'],
      [1, 'quarantined'],
      [2, 'completed'],
      [3, 'completed'],
    ]);
    expect(run).toMatchObject({ status: 'completed' });
    expect(run!.launches[1]).toMatchObject({ reason: expect.stringContaining('from 0 to 1') as string });
  });

  it('ends at SEVERE, with the reason, and goes on when it has cooled down', async () => {
    const { target, clock } = scene();
    target.onLaunch = async (tell, signal) => {
      tell(batch(25));
      if (target.launches !== 1) return;
      await target.looked();
      target.conditionsNow = { ...fine, thermalStatus: 3 };
      await untilAborted(signal);
    };
    const record = await play({
      target,
      clock,
      profile: { launches: 2 },
      onEvent: ({ kind }) => {
        if (kind === 'waiting') target.conditionsNow = fine;
      },
    });
    const [run] = record.runs();
    expect(run?.launches.map(({ index, status, reason }) => [index, status, reason])).toEqual([
      [0, 'completed', undefined],
      [0, 'quarantined', 'too hot (thermal status 3)'],
      [1, 'completed', undefined],
    ]);
  });
});

describe('clocks that jump', () => {
  it('are remarked on, and touch no duration', async () => {
    const { target, clock } = scene();
    target.onLaunch = (tell) => {
      tell(batch(20));
      clock.pass(1000);
      if (target.launches === 1) clock.wallMs += 86_400_000;
      const jump = target.launches === 2 ? -86_400 : 0;
      target.conditionsNow = { ...fine, clockS: 1_000_001 + jump, uptimeS: 501 };
      if (target.launches === 3) target.conditionsNow = fine;
    };
    const record = await play({ target, clock });
    const [run] = record.runs();
    expect(run?.launches.map(({ notes }) => notes)).toEqual([
      ['this computer slept, or its clock was set (+86400 s), during it'],
      ["the device's clock was set (-86400 s) during it"],
      undefined,
    ]);
    expect(run?.status).toBe('completed');
    expect(new Set(run!.launches.flatMap(({ samplesNs }) => samplesNs))).toEqual(new Set([1_000_000]));
  });
});

describe('a plan that stops when its variants are told apart', () => {
  const play2 = async (isDecided: (runs: readonly Run[]) => boolean): Promise<BenchRecord> =>
    play({
      ...scene(),
      variants: ['a', 'b'],
      profile: { stopWhenSeparated: true, mostLaunches: 6 },
      isDecided,
    });

  it('asks after each turn beyond the usual ones, and goes no further than told', async () => {
    const asked: number[][] = [];
    const record = await play2((runs) => {
      asked.push(runs.map(({ launches }) => launches.length));
      return asked.length === 2;
    });
    expect(asked).toEqual([
      [3, 3],
      [4, 4],
    ]);
    expect(record.runs().map(({ status, launches }) => [status, launches.length])).toEqual([
      ['completed', 4],
      ['completed', 4],
    ]);
  });

  it('ends at the most launches when they never are', async () => {
    const record = await play2(() => false);
    expect(record.runs().map(({ launches }) => launches.length)).toEqual([6, 6]);
  });
});

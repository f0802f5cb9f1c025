import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Jobs } from '@main/flow/jobs';
import { Lanes } from '@main/flow/lanes';
import { Queue } from '@main/flow/queue/queue';
import type { FlowTools } from '@main/flow/tools';
import { sqliteFiles } from '@main/platform/sqlite3/sqlite-files';
import { openStore, type Store } from '@main/services/store';
import type { BenchmarkInput } from '@shared/api/jobs';
import { AppError } from '@shared/error/app-error';
import type { PlanPart } from '@shared/model/queue';
import { ScriptedTarget, untilAborted } from '@test/support/scripted-target';
import { sqliteMissing } from '@test/support/sqlite';
import { temporaryFolder } from '@test/support/temporary-folder';
import { until } from '@test/support/test-device';
import { preparedPlan, testPlanTools } from '@test/support/plan-tools';

/** One engine's queue on a database; several on the same one are programs at work at once, or one after the other. */
class Engine {
  readonly store: Store;
  readonly queue: Queue;
  readonly jobs: Jobs;
  readonly targets = new Map<string, ScriptedTarget>();
  readonly #self = randomUUID();

  constructor(store: Store, alive: Set<string>, names: readonly string[]) {
    this.store = store;
    for (const name of names) this.targets.set(name, new ScriptedTarget(name));
    const lanes = new Lanes();
    this.jobs = new Jobs(lanes);
    alive.add(this.#self);
    const tools: FlowTools = testPlanTools(store, this.targets);
    const processes = { self: this.#self, isAlive: (name: string) => alive.has(name) };
    this.queue = new Queue({ tools, jobs: this.jobs, lanes, processes, prepare: preparedPlan });
    this.die = () => {
      alive.delete(this.#self);
      this.queue.close();
    };
  }

  /** As a kill does: nothing is put away. */
  readonly die: () => void;

  target(name: string): ScriptedTarget {
    return this.targets.get(name)!;
  }

  async part(id: string, serial: string): Promise<PlanPart> {
    const plan = (await this.queue.list()).find((entry) => entry.id === id);
    return plan!.parts.find((part) => part.serial === serial)!;
  }

  becomes(id: string, serial: string, state: PlanPart['state']): Promise<void> {
    return until(async () => {
      const part = await this.part(id, serial);
      if (part.state === 'failed' && state !== 'failed') throw new Error(part.message);
      return part.state === state;
    });
  }
}

const input = (devices: string[], more: Partial<BenchmarkInput> = {}): BenchmarkInput => ({
  model: '/models/digits.tflite',
  recipes: ['float32'],
  devices,
  profile: 'quick',
  ...more,
});

describe.skipIf(sqliteMissing)(`the queue ${sqliteMissing ?? ''}`, () => {
  const alive = new Set<string>();

  async function engines(names: readonly string[], count = 1): Promise<Engine[]> {
    const path = join(temporaryFolder(), 'queue.db');
    const made: Engine[] = [];
    for (let i = 0; i < count; i++) {
      const store = await openStore(sqliteFiles, path);
      const engine = new Engine(store, alive, names);
      made.push(engine);
      onTestFinished(async () => {
        engine.queue.close();
        await engine.jobs.close();
        await store.close();
      });
    }
    return made;
  }

  it('measures on each device in turn; one that hangs delays no other', async () => {
    const [engine] = (await engines(['sick', 'well'])) as [Engine];
    engine.target('sick').onLaunch = (_, signal) => untilAborted(signal);
    const first = await engine.queue.start(input(['sick', 'well']));
    const second = await engine.queue.start(input(['sick', 'well']));
    await engine.becomes(first.id, 'well', 'done');
    await engine.becomes(second.id, 'well', 'done');
    expect(await engine.part(first.id, 'sick')).toMatchObject({ state: 'running' });
    expect(await engine.part(second.id, 'sick')).toMatchObject({
      state: 'queued',
      message: expect.stringContaining('lane is busy') as string,
    });
    expect(engine.target('sick').launches).toBe(1);
    await engine.queue.wish({ id: first.id, serial: 'sick' }, 'cancel');
    await engine.becomes(first.id, 'sick', 'cancelled');
    await until(() => Promise.resolve(engine.target('sick').launches === 2));
    expect(engine.target('sick').restored).toBe(1);
    const { runs } = await engine.store.list({ deviceSerial: 'well' });
    expect(runs.map(({ status }) => status)).toEqual(['completed', 'completed']);
  });

  it('lets the launch that is under way end when it is paused, and goes on with what is left', async () => {
    const [engine] = (await engines(['phone'])) as [Engine];
    const phone = engine.target('phone');
    const usual = phone.onLaunch;
    let release = (): void => undefined;
    phone.onLaunch = async (tell, signal) => {
      if (phone.launches === 2) await new Promise<void>((resolve) => (release = resolve));
      await usual(tell, signal);
    };
    const { id } = await engine.queue.start(input(['phone'], { profile: 'standard' }));
    await until(() => Promise.resolve(phone.launches === 2));
    await engine.queue.wish({ id }, 'pause');
    release();
    await engine.becomes(id, 'phone', 'paused');
    expect(phone.launches).toBe(2);
    expect(phone.restored).toBe(phone.prepared);
    const [paused] = (await engine.store.list()).runs;
    expect(paused).toMatchObject({ status: 'interrupted', reason: 'paused', latency: null });
    await engine.queue.wish({ id }, 'resume');
    await engine.becomes(id, 'phone', 'done');
    expect(phone.launches).toBe(5);
    const { runs } = await engine.store.list();
    expect(runs).toMatchObject([{ id: paused!.id, status: 'completed', latency: { launches: 5 } }]);
  });

  it('goes on by itself when a lost device is back, with the samples of the cut launch kept and not counted', async () => {
    const [engine] = (await engines(['phone'])) as [Engine];
    const phone = engine.target('phone');
    const usual = phone.onLaunch;
    phone.onLaunch = (tell, signal) => {
      if (phone.launches !== 3) return usual(tell, signal);
      tell([9_000_000, 9_000_000]);
      throw new AppError('device.lost', 'The cable was pulled.');
    };
    const { id } = await engine.queue.start(input(['phone'], { profile: 'standard' }));
    await engine.becomes(id, 'phone', 'done');
    const [summary] = (await engine.store.list()).runs;
    const run = await engine.store.runs.get(summary!.id);
    expect(run.launches.map(({ index, status, samplesNs }) => [index, status, samplesNs.length])).toEqual([
      [0, 'completed', 64],
      [1, 'completed', 64],
      [2, 'interrupted', 2],
      [2, 'completed', 64],
      [3, 'completed', 64],
      [4, 'completed', 64],
    ]);
    expect(run).toMatchObject({ status: 'completed', reason: 'gone on with after: The cable was pulled.' });
    expect(summary?.latency).toMatchObject({ launches: 5, samples: 320, maxNs: 1_000_063 });
  });

  it('leaves what a killed program measured as interrupted, and the next one goes on as the plan says', async () => {
    const [first, second] = (await engines(['a', 'b'], 2)) as [Engine, Engine];
    for (const name of ['a', 'b']) first.target(name).onLaunch = (_, signal) => untilAborted(signal);
    const asks = await first.queue.start(input(['a']));
    const goesOn = await first.queue.start(input(['b'], { continues: true }));
    const waits = await first.queue.add(input(['a']));
    await until(() => Promise.resolve(first.target('a').launches + first.target('b').launches === 2));
    first.die();
    expect(await second.part(asks.id, 'a')).toMatchObject({ state: 'interrupted' });
    await second.queue.serve();
    await second.becomes(goesOn.id, 'b', 'done');
    await second.becomes(waits.id, 'a', 'done');
    expect(await second.part(asks.id, 'a')).toMatchObject({
      state: 'interrupted',
      message: expect.stringContaining('Edgebench was ended') as string,
    });
    await second.queue.wish({ id: asks.id }, 'resume');
    await second.becomes(asks.id, 'a', 'done');
  });

  it('does not go on for ever with a plan of which every engine dies', async () => {
    const all = await engines(['a'], 5);
    const { id } = await all[0]!.queue.add(input(['a'], { continues: true }));
    for (const engine of all.slice(0, 3)) {
      engine.target('a').onLaunch = (_, signal) => untilAborted(signal);
      await engine.queue.serve();
      await until(() => Promise.resolve(engine.target('a').launches === 1));
      engine.die();
    }
    const last = all[4]!;
    await last.queue.serve();
    expect(await last.part(id, 'a')).toMatchObject({
      state: 'interrupted',
      message: expect.stringContaining('3 times without one more launch') as string,
    });
    await last.queue.wish({ id }, 'resume');
    await last.becomes(id, 'a', 'done');
  });

  it('lets a plan that waits go before the others', async () => {
    const [engine] = (await engines(['a'])) as [Engine];
    const phone = engine.target('a');
    const usual = phone.onLaunch;
    let release = (): void => undefined;
    phone.onLaunch = async (tell, signal) => {
      if (phone.launches === 1) await new Promise<void>((resolve) => (release = resolve));
      await usual(tell, signal);
    };
    const busy = await engine.queue.start(input(['a']));
    await until(() => Promise.resolve(phone.launches === 1));
    const [second, third] = [await engine.queue.start(input(['a'])), await engine.queue.start(input(['a']))];
    for (const { id } of [second, third])
      await until(async () => /lane is busy/.test((await engine.part(id, 'a')).message));
    await engine.queue.first(third.id);
    release();
    for (const { id } of [busy, second, third]) await engine.becomes(id, 'a', 'done');
    const { runs } = await engine.store.list();
    expect(runs.map(({ planId }) => planId)).toEqual([second.id, third.id, busy.id]);
  });

  it('is steered from another program, which does not touch what this one measures', async () => {
    const [worker, other] = (await engines(['a'], 2)) as [Engine, Engine];
    worker.target('a').onLaunch = (_, signal) => untilAborted(signal);
    await worker.queue.serve();
    const { id } = await other.queue.add(input(['a']));
    await worker.becomes(id, 'a', 'running');
    await until(() => Promise.resolve(worker.target('a').launches === 1));
    expect(await other.part(id, 'a')).toMatchObject({ state: 'running' });
    const beside = await other.queue.start(input(['a']));
    await until(async () => /another Edgebench/.test((await other.part(beside.id, 'a')).message));
    expect(other.target('a').launches).toBe(0);
    await other.queue.wish({ id: id.slice(0, 8) }, 'cancel');
    await worker.becomes(id, 'a', 'cancelled');
    await other.becomes(beside.id, 'a', 'done');
  });

  it('fails by name where a device is not there, and refuses what there is not', async () => {
    const [engine] = (await engines(['a'])) as [Engine];
    const { id } = await engine.queue.start(input(['gone', 'a']));
    await engine.becomes(id, 'a', 'done');
    expect(await engine.part(id, 'gone')).toMatchObject({ state: 'interrupted' });
    await expect(engine.queue.wish({ id: 'nothing' }, 'pause')).rejects.toMatchObject({
      code: 'job.not-found',
    });
  });

  it('tells watchers of what changes', async () => {
    const [engine] = (await engines(['a'])) as [Engine];
    const stop = new AbortController();
    const { id } = await engine.queue.start(input(['a']));
    const states = new Set<string>();
    for await (const plans of engine.queue.watch(stop.signal)) {
      const [part] = plans.find((plan) => plan.id === id)!.parts;
      states.add(part!.state);
      if (part!.state === 'done') stop.abort();
    }
    expect([...states].at(-1)).toBe('done');
  });

  it('twenty devices on a hub that drops all of them at once: each goes its own way', async () => {
    const names = Array.from({ length: 20 }, (_, i) => `phone-${i}`);
    const [engine] = (await engines(names)) as [Engine];
    let reset = (): void => undefined;
    const hub = new Promise<void>((resolve) => (reset = resolve));
    for (const phone of engine.targets.values()) {
      const usual = phone.onLaunch;
      phone.onLaunch = async (tell, signal) => {
        if (phone.launches > 1) return usual(tell, signal);
        tell([1, 2, 3]);
        await hub;
        throw new AppError('device.lost', `The connection to ${phone.serial} broke.`);
      };
    }
    const { id } = await engine.queue.start(input(names));
    for (const name of names) await until(() => Promise.resolve(engine.target(name).launches === 1));
    const [plan] = await engine.queue.list();
    expect(plan?.parts.map(({ state }) => state)).toEqual(names.map(() => 'running'));
    const stays = names.filter((_, i) => i % 2 === 0);
    for (const name of names) if (!stays.includes(name)) engine.targets.delete(name);
    reset();
    for (const name of names) await engine.becomes(id, name, stays.includes(name) ? 'done' : 'interrupted');
    for (const name of names) {
      const [summary] = (await engine.store.list({ deviceSerial: name })).runs;
      const { launches } = await engine.store.runs.get(summary!.id);
      expect(launches[0]).toMatchObject({ status: 'interrupted', samplesNs: [1, 2, 3] });
      expect(summary).toMatchObject(
        stays.includes(name)
          ? { status: 'completed', latency: { samples: 64 } }
          : { status: 'interrupted', latency: null },
      );
    }
  });
});

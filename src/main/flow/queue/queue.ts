import { randomUUID } from 'node:crypto';
import { benchmarkInputSchema, type BenchmarkInput } from '@shared/api/jobs';
import type { PartChoice } from '@shared/api/queue';
import type { Job } from '@shared/model/job';
import type { PlanEntry } from '@shared/model/queue';
import type { Processes } from '@main/ports/processes';
import type { PartWish, StoredPlan } from '../../services/store';
import type { Jobs } from '../jobs';
import type { Lanes } from '../lanes';
import { modelName } from '../model-name';
import { profileOf, type PreparePlan } from '../prepare-plan';
import type { FlowTools } from '../tools';
import { entryOf } from './plan-entry';
import { PlanRun } from './plan-run';
import { settle } from './settle';
import { withWholePaths } from './whole-paths';

/** Other processes' wishes and plans are looked for so often. */
const LOOK_EVERY_MS = 500;
/** Watchers hear of changes at most so often. */
const TELL_EVERY_MS = 200;

export interface QueueParts {
  readonly tools: FlowTools;
  readonly jobs: Jobs;
  readonly lanes: Lanes;
  readonly processes: Processes;
  readonly prepare: PreparePlan;
}

/**
 * Benchmarks on the disk, each with a part per device. What is wanted of them is written there, too, and seen to by the process that is
 * at work on them: the command line and the workbench steer the same queue. A plan whose process has died is taken up by the next
 * engine that serves.
 */
export class Queue {
  readonly #parts: QueueParts;
  readonly #running = new Map<string, PlanRun>();
  readonly #listeners = new Set<() => void>();
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();
  #serving = false;
  #closed = false;

  constructor(parts: QueueParts) {
    this.#parts = parts;
  }

  /** Adds a benchmark and begins with it here, as far as its devices are free. */
  async start(asked: BenchmarkInput): Promise<Job> {
    const input = withWholePaths(asked);
    const id = await this.#add(input, this.#parts.processes.self);
    return this.#run(await this.#parts.tools.store.plans.find(id), input);
  }

  /** Adds a benchmark for whichever engine serves. */
  async add(input: BenchmarkInput): Promise<PlanEntry> {
    const id = await this.#add(withWholePaths(input), null);
    await this.#look();
    return this.#entry(await this.#parts.tools.store.plans.find(id));
  }

  async list(): Promise<PlanEntry[]> {
    return (await this.#parts.tools.store.plans.list()).map((plan) => this.#entry(plan));
  }

  /** The list now and whenever it changed, until the signal. */
  async *watch(signal?: AbortSignal): AsyncGenerator<PlanEntry[]> {
    let told = '';
    while (!signal?.aborted && !this.#closed) {
      const list = await this.list();
      const text = JSON.stringify(list);
      if (text !== told) yield list;
      told = text;
      await this.#change(signal);
    }
  }

  /** Resolves when it is on the disk; this engine's own plans have heard of it by then. */
  async wish({ id: prefix, serial }: PartChoice, wish: PartWish): Promise<void> {
    const { plans } = this.#parts.tools.store;
    const { id } = await plans.find(prefix);
    await plans.setWish(id, serial, wish);
    await this.#look();
  }

  async first(prefix: string): Promise<void> {
    const { plans } = this.#parts.tools.store;
    await plans.moveFirst((await plans.find(prefix)).id);
    await this.#look();
  }

  /** Takes from now on what is queued, and what died processes left. */
  async serve(): Promise<void> {
    this.#serving = true;
    await this.#look();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#tell();
  }

  async #add(input: BenchmarkInput, owner: string | null): Promise<string> {
    const { tools } = this.#parts;
    profileOf(input, tools);
    const serials = await tools.devices.resolve(input.devices);
    const id = randomUUID();
    await tools.store.plans.add({
      id,
      owner,
      serials,
      title: `Benchmark ${modelName(input.model)}: ${input.recipes.join(', ')}`,
      addedAt: tools.clock.nowIso(),
      request: input,
    });
    this.#tell();
    return id;
  }

  #run(plan: StoredPlan, input: BenchmarkInput): Job {
    const { jobs, tools } = this.#parts;
    const run = new PlanRun({ ...this.#parts, id: plan.id, input, onTold: () => this.#tell() });
    this.#running.set(plan.id, run);
    this.#lookLater();
    return jobs.start({
      kind: 'benchmark',
      title: plan.title,
      id: plan.id,
      run: async (job) => {
        try {
          await run.run(job, plan.parts);
        } finally {
          this.#running.delete(plan.id);
          await tools.store.plans.release(plan.id);
          this.#tell();
        }
      },
    });
  }

  /** One look at a time; who asks for one gets one that begins after that. */
  #look(): Promise<void> {
    const next = this.#looking.then(() => this.#lookNow());
    this.#looking = next.catch(() => undefined);
    return next;
  }

  #lookLater(): void {
    clearTimeout(this.#timer);
    if (this.#closed || (!this.#serving && this.#running.size === 0)) return;
    this.#timer = setTimeout(() => {
      // A database that is busy or full for a while says so to those who use it; here it is asked again.
      void this.#look()
        .catch(() => undefined)
        .finally(() => this.#lookLater());
    }, LOOK_EVERY_MS);
    this.#timer.unref();
  }

  async #lookNow(): Promise<void> {
    if (this.#closed) return;
    const { tools, processes } = this.#parts;
    const place = ({ parts }: StoredPlan): number => Math.min(...parts.map(({ position }) => position));
    const inTurn = [...(await tools.store.plans.list())].sort((a, b) => place(a) - place(b));
    for (const plan of inTurn) {
      const running = this.#running.get(plan.id);
      if (running) await this.#passOn(plan, running);
      else if (plan.owner === null || plan.owner === processes.self || !processes.isAlive(plan.owner))
        await this.#takeUp(plan);
    }
    this.#tell();
    this.#lookLater();
  }

  async #passOn(plan: StoredPlan, running: PlanRun): Promise<void> {
    running.place(plan.parts);
    for (const part of plan.parts) {
      if (part.wish === null) continue;
      await this.#parts.tools.store.plans.setWish(plan.id, part.serial, null);
      running.wish(part, part.wish);
    }
  }

  /** Nobody is at work on it: wishes are seen to at once, and what is queued begins here when this engine serves. */
  async #takeUp(plan: StoredPlan): Promise<void> {
    const { tools, processes } = this.#parts;
    const { plans } = tools.store;
    const isOpen = plan.parts.some(
      ({ state, wish }) => state === 'queued' || state === 'running' || wish !== null,
    );
    if (!isOpen || !(await plans.claim(plan.id, plan.owner, processes.self))) return;
    let isTaken = false;
    try {
      const input = await plans.request(plan.id, benchmarkInputSchema);
      const parts = await settle(plan, input.continues === true, plans);
      if (!this.#serving || !parts.some(({ state }) => state === 'queued')) return;
      this.#run({ ...plan, parts }, input);
      isTaken = true;
    } finally {
      if (!isTaken) await plans.release(plan.id);
    }
  }

  #entry(plan: StoredPlan): PlanEntry {
    const { processes } = this.#parts;
    return entryOf(plan, this.#running.get(plan.id)?.parts, processes);
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }

  /** Until something changed here, or a while has passed in which another process may have changed something. */
  #change(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#listeners.delete(heard);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const heard = (): void => {
        this.#listeners.delete(heard);
        clearTimeout(timer);
        timer = setTimeout(done, this.#closed ? 0 : TELL_EVERY_MS);
      };
      let timer = setTimeout(done, LOOK_EVERY_MS * 2);
      this.#listeners.add(heard);
      signal?.addEventListener('abort', done, { once: true });
    });
  }
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BenchmarkInput } from '@shared/api/jobs';
import { AppError } from '@shared/error/app-error';
import type { PartState, PlanPart } from '@shared/model/queue';
import type { Processes } from '@main/ports/processes';
import { THIS_COMPUTER } from '../../services/device';
import type { PartWish, StoredPart } from '../../services/store';
import { BenchProgress } from '../bench-progress';
import { benchmarkDevice, earlierRuns } from '../benchmark-device';
import { tryCloud } from '../cloud-beside';
import type { JobContext } from '../jobs';
import type { Lanes } from '../lanes';
import { LiveSamples } from '../live-samples';
import { keepNoiseFloors } from '../noise-floor';
import { profileOf, type PreparedPlan, type PreparePlan } from '../prepare-plan';
import type { PlanResults } from '../run-sink';
import type { FlowTools } from '../tools';
import { PartRun } from './part-run';

export interface PlanRequest {
  readonly id: string;
  readonly input: BenchmarkInput;
  readonly tools: FlowTools;
  readonly lanes: Lanes;
  readonly processes: Processes;
  readonly prepare: PreparePlan;
  /** A part says something new. */
  readonly onTold: () => void;
}

const ENDED: ReadonlySet<PartState> = new Set(['done', 'failed', 'cancelled', 'interrupted']);

/** A plan at work: its parts side by side, each in the lane of its device; then what is done once for all of them. */
export class PlanRun {
  readonly #request: PlanRequest;
  readonly #parts = new Map<string, PartRun>();
  readonly #active = new Map<string, Promise<void>>();
  readonly #live = new LiveSamples();
  readonly #results: PlanResults = { runIds: [], files: [] };
  #prepared: Promise<PreparedPlan> | undefined;
  #folder: string | undefined;
  #job: JobContext | undefined;

  constructor(request: PlanRequest) {
    this.#request = request;
  }

  get parts(): PlanPart[] {
    return Array.from(this.#parts.values(), ({ part }) => part);
  }

  /** Parts as they are kept: their places in the lanes may have changed. */
  place(stored: readonly StoredPart[]): void {
    for (const { serial, position } of stored) this.#parts.get(serial)?.move(position);
  }

  /** Starts a part, or tells one that is at work what is wanted of it. */
  wish(part: StoredPart, wish: PartWish): void {
    const known = this.#parts.get(part.serial);
    if (known && !ENDED.has(known.part.state)) known.wish(wish);
    else if (wish === 'resume' && this.#job) this.#begin(part, this.#job);
  }

  /** Rejects with the first part's error when no part came to its end. */
  async run(job: JobContext, stored: readonly StoredPart[]): Promise<void> {
    const { tools, input, id } = this.#request;
    this.#job = job;
    profileOf(input, tools);
    for (const run of (await tools.store.list({ planId: id }, { limit: 1000 })).runs)
      this.#results.runIds.unshift(run.id);
    if (this.#results.runIds.length > 0) job.note({ runIds: [...this.#results.runIds] });
    try {
      for (const part of stored) {
        if (part.state === 'queued' || part.state === 'paused') this.#begin(part, job);
        if (part.state === 'paused') this.wish(part, 'pause');
      }
      while (this.#active.size > 0) await Promise.race(this.#active.values());
      job.signal.throwIfAborted();
      await this.#afterAll(job);
    } finally {
      this.#job = undefined;
      // Parts that go on when one has failed by a bug would do so unseen.
      await Promise.allSettled(this.#active.values());
      if (this.#folder !== undefined) await rm(this.#folder, { recursive: true, force: true });
    }
  }

  #begin(stored: StoredPart, job: JobContext): void {
    const { serial } = stored;
    const part = this.#part(stored);
    this.#parts.set(serial, part);
    this.#active.set(
      serial,
      part.run(job).finally(() => this.#active.delete(serial)),
    );
  }

  #part({ serial, position }: StoredPart): PartRun {
    const { id, input, tools, lanes, processes } = this.#request;
    const { plans } = tools.store;
    let launches = 0;
    const part: PartRun = new PartRun({
      serial,
      position,
      lanes,
      patient: input.continues === true,
      find: () => tools.devices.target(serial),
      prepare: () => this.#prepare(position),
      take: () => plans.takeLane(serial, id, processes.self, (name) => processes.isAlive(name)),
      free: () => plans.freeLane(serial, processes.self),
      launches: () => launches,
      keep: (state, message) => plans.setPart(id, serial, state, message),
      sleep: (ms, signal) => tools.clock.sleep(ms, signal),
      onTold: (progress) => {
        this.#job?.progress({ ...progress, ...this.#fraction() });
        this.#job?.note({ parts: this.parts });
        this.#request.onTold();
      },
      measure: async (job, pause, tell) => {
        const plan = await this.#prepare(position);
        const progress = new BenchProgress(plan.profile, () => tools.clock.monotonicNs());
        await benchmarkDevice(
          {
            serial,
            input,
            plan,
            results: this.#results,
            pause,
            onLaunch: async ({ status }) => {
              if (status !== 'completed') return;
              launches += 1;
              if (launches === 1) await plans.setDeaths(id, serial, 0);
            },
            onEvent: (event) => {
              if (event.kind === 'launching')
                this.#live.begin(serial, `${event.name}, launch ${event.launch + 1} of ${event.of}`);
              else if (event.kind === 'samples') {
                this.#live.add(serial, event.samplesNs);
                job.note({ live: this.#live.list() });
              }
              tell(progress.take(event));
            },
          },
          tools,
          job,
        );
      },
    });
    return part;
  }

  /** Once for all parts, and while nobody measures on this computer: converting would disturb that. */
  #prepare(position: number): Promise<PreparedPlan> {
    const { input, tools, lanes, prepare } = this.#request;
    const job = this.#job;
    if (!job) throw new Error('a plan is prepared that is not at work');
    this.#prepared ??= lanes
      .hold(THIS_COMPUTER, position, job.signal, async () => {
        this.#folder = await mkdtemp(join(tmpdir(), 'edgebench-bench-'));
        return prepare(input, this.#folder, tools, job);
      })
      .catch((error: unknown) => {
        this.#prepared = undefined;
        throw error;
      });
    return this.#prepared;
  }

  /** How far all parts are, ended ones counted as whole. */
  #fraction(): { readonly fraction?: number } {
    const parts = this.parts;
    const sum = parts.reduce(
      (total, { state, fraction }) => total + (ENDED.has(state) ? 1 : (fraction ?? 0)),
      0,
    );
    return parts.length > 0 && sum > 0 ? { fraction: Math.min(1, sum / parts.length) } : {};
  }

  async #afterAll(job: JobContext): Promise<void> {
    const { input, tools, lanes, id } = this.#request;
    const parts = [...this.#parts.values()];
    const whole = parts.filter(({ part }) => part.state === 'done');
    if (whole.length === 0) {
      const error = parts.find((part) => part.error)?.error;
      throw error ?? new AppError('cancelled', 'The benchmark was cancelled.');
    }
    if (input.aa) {
      // A run that was begun anew stands for the one that was cut off.
      const runs = await earlierRuns(tools.store, id);
      await keepNoiseFloors(
        runs.filter(({ status }) => status !== 'interrupted'),
        tools,
        job,
      );
    }
    if (!input.cloud) return;
    const { model } = await this.#prepare(0);
    await lanes.hold(THIS_COMPUTER, parts[0]?.part.position ?? 0, job.signal, () =>
      tryCloud(input, model, tools, job),
    );
  }
}

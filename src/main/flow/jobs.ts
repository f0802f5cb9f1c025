import { randomUUID } from 'node:crypto';
import { AppError, isAppError } from '@shared/error/app-error';
import type { Job, JobKind, Progress } from '@shared/model/job';
import { wireErrorOf } from '../wire-error';
import { Lanes } from './lanes';

const MAX_LOG_LINES = 500;
const MAX_ENDED_JOBS = 100;
/** Watchers hear of progress at most this often; of a change of state at once. */
const PROGRESS_INTERVAL_MS = 80;

/** What a running job can do: tell, remember what it made, and notice that it is to stop. */
export interface JobContext {
  readonly id: string;
  readonly signal: AbortSignal;
  progress(progress: Progress): void;
  log(line: string): void;
  /** Notes results on the job, so that a client finds them. */
  note(
    results: Partial<
      Pick<
        Job,
        'modelId' | 'variantIds' | 'runIds' | 'baselineIds' | 'live' | 'validation' | 'files' | 'parts'
      >
    >,
  ): void;
}

export interface JobRequest {
  readonly kind: JobKind;
  readonly title: string;
  /** Its id; a new one when left out. A job of that id that has ended gives way to it. */
  readonly id?: string;
  /** Jobs of one lane wait for each other (measurements must not share the machine); others start at once. */
  readonly lane?: string;
  run(context: JobContext): Promise<void>;
}

type Listener = (job: Job) => void;

/** Whether a job was ended because the engine is, not because somebody wanted that. */
export const isStopping = (signal: AbortSignal): boolean =>
  isAppError(signal.reason) && signal.reason.details['stopping'] === true;

const notFound = (id: string): AppError =>
  new AppError('job.not-found', `There is no job ${id}; it may have been cleared from the list.`);

/** Runs jobs, keeps the last ones for the views, and tells watchers of every change. */
export class Jobs {
  readonly #jobs = new Map<string, { job: Job; abort: AbortController; done: Promise<void> }>();
  readonly #listeners = new Set<Listener>();
  readonly #lanes: Lanes;
  readonly #lastTold = new Map<string, number>();
  readonly #toTell = new Map<string, NodeJS.Timeout>();

  constructor(lanes: Lanes = new Lanes()) {
    this.#lanes = lanes;
  }

  start(request: JobRequest): Job {
    const job: Job = {
      id: request.id ?? randomUUID(),
      kind: request.kind,
      title: request.title,
      state: 'queued',
      progress: { stage: 'queued', message: 'Waiting to start' },
      variantIds: [],
      runIds: [],
      files: [],
      log: [],
      startedAt: new Date().toISOString(),
    };
    const abort = new AbortController();
    const done = this.#execute(job, request, abort.signal);
    // A job that takes another's place is the newest of the list.
    this.#jobs.delete(job.id);
    this.#jobs.set(job.id, { job, abort, done });
    this.#forgetOld();
    return { ...job };
  }

  list(): Job[] {
    return Array.from(this.#jobs.values(), ({ job }) => ({ ...job })).reverse();
  }

  /** Ends a job soon; one that has ended already is left alone. Fails with `job.not-found`. */
  cancel(id: string): void {
    const entry = this.#jobs.get(id);
    if (!entry) throw notFound(id);
    entry.abort.abort(new AppError('cancelled', 'The job was cancelled.'));
  }

  /** Every change from now on, the present state first; ends with the job when one is named. */
  async *watch(id: string | undefined, signal?: AbortSignal): AsyncGenerator<Job> {
    const entry = id === undefined ? undefined : this.#jobs.get(id);
    if (id !== undefined && !entry) throw notFound(id);
    // A slow watcher gets the newest state of each job, not a backlog.
    const waiting = new Map<string, Job>(entry ? [[entry.job.id, { ...entry.job }]] : []);
    let wake: (() => void) | undefined;
    const listener: Listener = (job) => {
      if (id !== undefined && job.id !== id) return;
      waiting.set(job.id, job);
      wake?.();
    };
    const stop = (): void => wake?.();
    this.#listeners.add(listener);
    signal?.addEventListener('abort', stop);
    try {
      while (!signal?.aborted) {
        const [next] = waiting.values();
        if (next) {
          waiting.delete(next.id);
          yield next;
          if (id !== undefined && next.endedAt !== undefined) return;
          continue;
        }
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    } finally {
      this.#listeners.delete(listener);
      signal?.removeEventListener('abort', stop);
    }
  }

  /** Cancels everything and waits until it has ended. */
  async close(): Promise<void> {
    const reason = new AppError('cancelled', 'The engine is stopping.', { details: { stopping: true } });
    for (const { abort } of this.#jobs.values()) abort.abort(reason);
    await Promise.allSettled(Array.from(this.#jobs.values(), ({ done }) => done));
  }

  async #execute(job: Job, request: JobRequest, signal: AbortSignal): Promise<void> {
    // Nothing runs before start() has returned the job.
    await Promise.resolve();
    try {
      const run = (): Promise<void> => this.#run(job, request, signal);
      await (request.lane === undefined ? run() : this.#lanes.hold(request.lane, 0, signal, run));
      job.state = 'done';
      job.progress = { stage: 'done', message: 'Done', fraction: 1 };
    } catch (error) {
      this.#fail(job, signal.aborted ? signal.reason : error);
    }
    delete job.live;
    job.endedAt = new Date().toISOString();
    this.#tell(job);
  }

  async #run(job: Job, request: JobRequest, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    job.state = 'running';
    this.#tell(job);
    await request.run({
      id: job.id,
      signal,
      progress: (progress) => {
        job.progress = progress;
        this.#tellSoon(job);
      },
      log: (line) => {
        job.log = [...job.log, line].slice(-MAX_LOG_LINES);
        this.#tellSoon(job);
      },
      note: (results) => {
        Object.assign(job, results);
        this.#tellSoon(job);
      },
    });
  }

  #fail(job: Job, error: unknown): void {
    job.state = isAppError(error) && error.code === 'cancelled' ? 'cancelled' : 'failed';
    if (!isAppError(error)) console.error(error);
    job.error = wireErrorOf(error) ?? {
      code: 'engine.lost',
      message: 'The job met an error inside the program; the engine log has the details. Please report it.',
      details: {},
    };
    job.progress = { stage: job.state, message: job.error.message };
  }

  /** At once, or when the interval is over: the last word of a row is never lost. */
  #tellSoon(job: Job): void {
    const wait = (this.#lastTold.get(job.id) ?? -Infinity) + PROGRESS_INTERVAL_MS - performance.now();
    if (wait <= 0) return this.#tell(job);
    if (this.#toTell.has(job.id)) return;
    this.#toTell.set(
      job.id,
      setTimeout(() => this.#tell(job), wait),
    );
  }

  #tell(job: Job): void {
    clearTimeout(this.#toTell.get(job.id));
    this.#toTell.delete(job.id);
    this.#lastTold.set(job.id, performance.now());
    for (const listener of this.#listeners) listener({ ...job });
  }

  #forgetOld(): void {
    const ended = Array.from(this.#jobs.values()).filter(({ job }) => job.endedAt !== undefined);
    for (const { job } of ended.slice(0, Math.max(0, ended.length - MAX_ENDED_JOBS))) {
      this.#jobs.delete(job.id);
      this.#lastTold.delete(job.id);
    }
  }
}

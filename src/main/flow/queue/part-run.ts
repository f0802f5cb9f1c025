import { AppError, isAppError } from '@shared/error/app-error';
import type { Progress } from '@shared/model/job';
import type { PartState, PlanPart } from '@shared/model/queue';
import type { PartWish } from '../../services/store';
import { isStopping, type JobContext } from '../jobs';
import type { Lanes } from '../lanes';

/** Errors after which the device may come back, and what was begun can go on. */
const LOST: ReadonlySet<string> = new Set(['device.lost', 'device.not-found', 'device.not-ready', 'timeout']);
const BACK_WITHIN_S = 20;
/** A plan that is to go on by itself gives a phone the time to start anew, and a person the time to plug it in. */
const BACK_WITHIN_PATIENT_S = 600;
/** So often in a row a device may be lost without one more launch measured. */
const MOST_FRUITLESS = 3;
const ASK_EVERY_MS = 1000;

export interface PartRequest {
  readonly serial: string;
  readonly position: number;
  readonly lanes: Lanes;
  /** Whether to wait long for a lost device, and to go on by itself. */
  readonly patient: boolean;
  /** Rejects as long as the device is not there or not ready. */
  readonly find: () => Promise<unknown>;
  /** Before the lane is taken: what all parts share. */
  readonly prepare: () => Promise<unknown>;
  /** Takes the device from other processes; who has it, when one does. */
  readonly take: () => Promise<string | undefined>;
  readonly free: () => Promise<void>;
  /** Measures what is left; how many launches that were. Rejects with what ended it. */
  readonly measure: (
    job: JobContext,
    pause: AbortSignal,
    tell: (progress: Progress) => void,
  ) => Promise<void>;
  /** Launches measured so far. */
  readonly launches: () => number;
  readonly keep: (state: PartState, message: string) => Promise<void>;
  /** It says something new. */
  readonly onTold: (progress: Progress) => void;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** A plan's part on one device, from its place in the lane to its end: paused, lost and found again, cancelled. */
export class PartRun {
  readonly serial: string;
  readonly #request: PartRequest;
  readonly #cancel = new AbortController();
  #pause = new AbortController();
  #resumed: (() => void) | undefined;
  #position: number;
  #state: PartState = 'queued';
  #progress: Progress = { stage: 'queued', message: 'Waiting' };
  error: AppError | undefined;

  constructor(request: PartRequest) {
    this.serial = request.serial;
    this.#position = request.position;
    this.#request = request;
  }

  get part(): PlanPart {
    const { message, fraction } = this.#progress;
    return {
      serial: this.serial,
      position: this.#position,
      state: this.#state,
      message,
      ...(fraction === undefined ? {} : { fraction }),
    };
  }

  /** Another place among those that wait for its lane. */
  move(position: number): void {
    this.#position = position;
  }

  wish(wish: PartWish): void {
    if (wish === 'pause') this.#pause.abort(new AppError('cancelled', 'Paused.'));
    else if (wish === 'cancel')
      this.#cancel.abort(new AppError('cancelled', `The part on ${this.serial} was cancelled.`));
    else if (this.#pause.signal.aborted) {
      this.#pause = new AbortController();
      this.#resumed?.();
    }
  }

  /** Ends when the part has; only bugs, and the end of the engine, are rejections. */
  async run(job: JobContext): Promise<void> {
    const signal = AbortSignal.any([job.signal, this.#cancel.signal]);
    const context: JobContext = { ...job, signal };
    for (;;) {
      try {
        await this.#whilePaused(signal);
        await this.#turn(context);
        return await this.#set('done', 'Done', 1);
      } catch (error) {
        if (isStopping(signal)) throw error;
        if (signal.aborted) return this.#set('cancelled', 'Cancelled');
        if (this.#pause.signal.aborted) continue;
        if (!isAppError(error)) {
          await this.#set('failed', 'An error inside Edgebench: see its log, and please report it');
          throw error;
        }
        this.error = error;
        job.log(`${this.serial}: ${error.message}`);
        return this.#set(LOST.has(error.code) ? 'interrupted' : 'failed', error.message);
      }
    }
  }

  async #whilePaused(signal: AbortSignal): Promise<void> {
    if (!this.#pause.signal.aborted) return;
    await this.#set('paused', 'Paused');
    await new Promise<void>((resolve, reject) => {
      const onAbort = (): void => reject(signal.reason as Error);
      if (signal.aborted) return onAbort();
      signal.addEventListener('abort', onAbort, { once: true });
      this.#resumed = () => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      };
    });
    await this.#set('queued', 'Waiting for its turn');
  }

  /** Waits for the lane, and measures in it until all is measured, come what may. */
  async #turn(job: JobContext): Promise<void> {
    const { lanes, serial, prepare, find, patient } = this.#request;
    const waiting = AbortSignal.any([job.signal, this.#pause.signal]);
    // A device that nobody knows is told of before a model is converted for it.
    if (!patient) await find();
    await prepare();
    waiting.throwIfAborted();
    if (lanes.isBusy(serial))
      this.#tell({ stage: `wait ${serial}`, message: `Waiting for ${serial}: its lane is busy` });
    await lanes.hold(
      serial,
      () => this.#position,
      waiting,
      async () => {
        await this.#fromOthers(waiting);
        try {
          await this.#untilMeasured(job);
        } finally {
          await this.#request.free();
        }
      },
    );
  }

  async #fromOthers(signal: AbortSignal): Promise<void> {
    for (;;) {
      const holder = await this.#request.take();
      if (holder === undefined) return;
      const [pid] = holder.split(':');
      this.#tell({
        stage: `other ${this.serial}`,
        message: `Waiting for ${this.serial}: another Edgebench (process ${pid}) measures on it`,
      });
      await this.#request.sleep(ASK_EVERY_MS, signal);
    }
  }

  async #untilMeasured(job: JobContext): Promise<void> {
    const { measure, launches } = this.#request;
    let fruitless = 0;
    for (;;) {
      const before = launches();
      await this.#set('running', `Measuring on ${this.serial}`);
      try {
        return await measure(job, this.#pause.signal, (progress) => this.#tell(progress));
      } catch (error) {
        const isLost = isAppError(error) && LOST.has(error.code);
        if (!isLost || job.signal.aborted || this.#pause.signal.aborted) throw error;
        fruitless = launches() > before ? 0 : fruitless + 1;
        if (fruitless >= MOST_FRUITLESS) throw error;
        await this.#untilBack(error, AbortSignal.any([job.signal, this.#pause.signal]));
        job.log(`${this.serial} is back: going on with what is left.`);
      }
    }
  }

  /** Rejects with what the device was lost by when it does not come back. */
  async #untilBack(lost: AppError, signal: AbortSignal): Promise<void> {
    const seconds = this.#request.patient ? BACK_WITHIN_PATIENT_S : BACK_WITHIN_S;
    this.#tell({
      stage: `lost ${this.serial}`,
      message: `${lost.message} Waiting up to ${seconds} s for ${this.serial} to come back`,
    });
    for (let waited = 0; waited < seconds; waited++) {
      await this.#request.sleep(ASK_EVERY_MS, signal);
      try {
        await this.#request.find();
        return;
      } catch (error) {
        if (!isAppError(error)) throw error;
      }
    }
    throw lost;
  }

  #tell(progress: Progress): void {
    this.#progress = progress;
    this.#request.onTold(progress);
  }

  /** On the disk before it is told. */
  async #set(state: PartState, message: string, fraction = this.#progress.fraction): Promise<void> {
    await this.#request.keep(state, message);
    this.#state = state;
    this.#tell({
      stage: `${state} ${this.serial}`,
      message,
      ...(fraction === undefined ? {} : { fraction }),
    });
  }
}

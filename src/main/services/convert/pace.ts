import { AppError } from '@shared/error/app-error';
import type { Steps } from './graph/steps';

export const CONVERT_STAGES = ['read', 'lower', 'optimize', 'write'] as const;
export type ConvertStage = (typeof CONVERT_STAGES)[number];

/** How far a conversion is; `total` is 0 while it is not known. In `write` the numbers are bytes, else operators. */
export interface ConvertProgress {
  readonly stage: ConvertStage;
  readonly done: number;
  readonly total: number;
}

export interface PaceOptions {
  readonly onProgress?: ((progress: ConvertProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The event loop gets its turn this often, so that a cancel is seen well within 200 ms. */
const REST_EVERY_MS = 40;
const REPORT_EVERY_MS = 250;

/** Keeps long work polite: reports how far it is, lets the event loop run now and then, and stops when cancelled. */
export class Pace {
  readonly #options: PaceOptions;
  #rested = performance.now();
  #reported = -Infinity;
  #stage: ConvertStage | undefined;

  constructor(options: PaceOptions = {}) {
    this.#options = options;
  }

  /** Notes progress; true when it is time to `await rest()`. Cheap enough to be called for each operator. */
  step(stage: ConvertStage, done: number, total: number): boolean {
    const now = performance.now();
    if (stage !== this.#stage || now - this.#reported >= REPORT_EVERY_MS) {
      this.#stage = stage;
      this.#reported = now;
      this.#options.onProgress?.({ stage, done, total });
    }
    return now - this.#rested >= REST_EVERY_MS;
  }

  /** Lets the event loop run once; throws AppError `cancelled` when the work is not wanted any more. */
  async rest(): Promise<void> {
    await new Promise<void>((resolve) => setImmediate(resolve));
    this.#rested = performance.now();
    this.check();
  }

  /** Drives work in steps to its end, resting in between where it is time to. */
  async finish(steps: Steps, stage: ConvertStage, done: number, total: number): Promise<Uint8Array> {
    for (;;) {
      const step = steps.next();
      if (step.done) return step.value;
      if (this.step(stage, done, total)) await this.rest();
    }
  }

  check(): void {
    if (this.#options.signal?.aborted) throw new AppError('cancelled', 'The conversion was cancelled.');
  }
}

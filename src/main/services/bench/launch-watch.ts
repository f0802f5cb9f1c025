import type { Clock } from '@main/ports/clock';
import type { RunnerTarget } from '@main/ports/runner-target';
import { AppError, isAppError } from '@shared/error/app-error';
import type { DeviceConditions } from '@shared/model/device';
import { isSevere, whySpoiled } from './spoiled';

/** Asking takes a phone some tenths of a second of one core: seldom enough not to be seen in a percentile. */
const ASK_EVERY_MS = 5000;

/** When samples stopped to count, and why. */
export interface Change {
  readonly reason: string;
  /** So many samples had come when all was well for the last time. */
  readonly goodSamples: number;
}

/** Looks at a device while a launch is under way: finds when its conditions changed, and ends the launch when it gets too hot. */
export class LaunchWatch {
  readonly #target: RunnerTarget;
  readonly #clock: Clock;
  readonly #before: DeviceConditions;
  readonly #samples: () => number;
  readonly #everyMs: number;
  readonly #over = new AbortController();
  readonly #tooHot = new AbortController();
  readonly #seen: DeviceConditions[] = [];
  #looking: Promise<void> = Promise.resolve();
  #goodSamples = 0;
  #change: Change | undefined;

  constructor(
    target: RunnerTarget,
    clock: Clock,
    before: DeviceConditions,
    samples: () => number,
    everyMs = ASK_EVERY_MS,
  ) {
    this.#target = target;
    this.#clock = clock;
    this.#before = before;
    this.#samples = samples;
    this.#everyMs = everyMs;
  }

  /** Aborted when the device says that it is dangerously hot. */
  get tooHot(): AbortSignal {
    return this.#tooHot.signal;
  }

  /** What was seen, on the way. */
  get seen(): readonly DeviceConditions[] {
    return this.#seen;
  }

  start(): void {
    const { thermalStatus, batteryPercent, screenOn } = this.#before;
    // A target that tells nothing cannot change.
    if (thermalStatus === undefined && batteryPercent === undefined && screenOn === undefined) return;
    this.#looking = this.#look();
  }

  async stop(): Promise<void> {
    this.#over.abort();
    await this.#looking;
  }

  /** With what the device is like after the launch: the first change since before it, if there was one. */
  changeUntil(after: DeviceConditions | undefined): Change | undefined {
    if (after) this.#compare(after, this.#goodSamples);
    return this.#change;
  }

  async #look(): Promise<void> {
    const begin = this.#clock.monotonicNs();
    const { signal } = this.#over;
    for (;;) {
      try {
        await this.#clock.sleep(this.#everyMs, signal);
        const had = this.#samples();
        const now = await this.#target.conditions(signal);
        this.#seen.push({ ...now, atNs: this.#clock.monotonicNs() - begin });
        this.#compare(now, had);
      } catch (error) {
        if (signal.aborted) return;
        // Whether the device is gone is for the launch itself to tell.
        if (!isAppError(error)) throw error;
      }
    }
  }

  #compare(now: DeviceConditions, had: number): void {
    const reason = whySpoiled(this.#before, now);
    if (reason === undefined && !this.#change) this.#goodSamples = had;
    else if (reason !== undefined) this.#change ??= { reason, goodSamples: this.#goodSamples };
    if (isSevere(now))
      this.#tooHot.abort(new AppError('device.not-ready', `${this.#target.serial} got too hot.`));
  }
}

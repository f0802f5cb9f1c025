import type { Clock } from '@main/ports/clock';
import type { InstalledRunner, LaunchEvent, RunnerSettings } from '@main/ports/device-runner';
import type { RunnerTarget } from '@main/ports/runner-target';
import { isAppError, type AppError } from '@shared/error/app-error';
import type { DeviceConditions } from '@shared/model/device';
import type { Profile } from '@shared/model/profile';
import type { Launch, ToldLatency } from '@shared/model/run';
import { clockJumps, momentOf } from './clock-jumps';
import { LaunchWatch, type Change } from './launch-watch';
import { whySlowed } from './slowed';

export interface LaunchRequest {
  readonly target: RunnerTarget;
  readonly clock: Clock;
  readonly runner: InstalledRunner;
  readonly settings: RunnerSettings;
  readonly profile: Profile;
  readonly index: number;
  /** As it passed the start gate. */
  readonly before: DeviceConditions;
  /** Where the first inference's outputs are left. */
  readonly outputsPath?: string | undefined;
  readonly onSamples: (samplesNs: readonly number[]) => void;
  readonly onWarmup: (runs: number) => void;
  /** How often the device is looked at meanwhile; 5 s when left out. */
  readonly watchEveryMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface LaunchResult {
  /** One, or two where the device changed after samples enough: those that count, and those that do not. */
  readonly launches: readonly Launch[];
  /** What ended it early, when something did. */
  readonly error?: AppError;
}

/**
 * One process start of the runner: what it measured, whatever happened. It rejects with bugs only; everything else is in the launch's
 * status and reason, with the samples that were got.
 */
export async function measureLaunch(request: LaunchRequest): Promise<LaunchResult> {
  const { target, clock, before, signal } = request;
  const measured = new Measured(request.index, before);
  const watch = new LaunchWatch(target, clock, before, () => measured.samples, request.watchEveryMs);
  const begin = momentOf(clock);
  watch.start();
  try {
    await request.runner.launch({
      settings: request.settings,
      profile: request.profile,
      outputsPath: request.outputsPath,
      onEvent: (event) => {
        measured.take(event);
        if (event.kind === 'samples') request.onSamples(event.ns);
        else if (event.kind === 'warmup') request.onWarmup(event.runs);
      },
      signal: AbortSignal.any([watch.tooHot, ...(signal ? [signal] : [])]),
    });
    const after = await target.conditions(signal);
    await watch.stop();
    measured.end(after, watch.seen, clockJumps(begin, momentOf(clock), before, after));
    return { launches: measured.judged(watch.changeUntil(after), request.profile) };
  } catch (cause) {
    await watch.stop();
    measured.end(undefined, watch.seen, clockJumps(begin, momentOf(clock)));
    if (signal?.aborted) return { launches: [measured.launch('interrupted', 'cancelled')] };
    // Ended by us: what came before the heat may count, and the device is still there.
    if (watch.tooHot.aborted)
      return { launches: measured.judged(watch.changeUntil(undefined), request.profile) };
    if (!isAppError(cause)) throw cause;
    // A runner that said why it cannot go on failed; one that was cut off or killed was interrupted.
    const refused = cause.code === 'runner.failed' && cause.details['stage'] !== 'process';
    return { launches: [measured.launch(refused ? 'failed' : 'interrupted', cause.message)], error: cause };
  }
}

/** A launch for which the device was not fit: kept, with why, and without samples. */
export const notBegun = (index: number, reason: string, before: DeviceConditions): Launch =>
  new Measured(index, before).launch('quarantined', reason);

/** Collects what one launch's events say. */
class Measured {
  readonly #index: number;
  readonly #before: DeviceConditions;
  readonly #samplesNs: number[] = [];
  readonly #during: DeviceConditions[] = [];
  #told: ToldLatency | undefined;
  #initNs: number | undefined;
  #firstNs: number | undefined;
  #warmupRuns = 0;

  #after: DeviceConditions | undefined;
  #notes: readonly string[] = [];

  constructor(index: number, before: DeviceConditions) {
    this.#index = index;
    this.#before = before;
  }

  get samples(): number {
    return this.#samplesNs.length;
  }

  end(
    after: DeviceConditions | undefined,
    seen: readonly DeviceConditions[],
    notes: readonly string[],
  ): void {
    this.#after = after;
    this.#during.push(...seen);
    this.#notes = notes;
  }

  /**
   * What came before a change counts when it is as many samples as the profile wants of a launch; all of it is spoiled otherwise, as
   * it is where the runner gave no samples.
   */
  judged(change: Change | undefined, { samplesPerLaunch }: Profile): Launch[] {
    const slowed = change ? undefined : whySlowed(this.#samplesNs, this.#before, this.#during);
    if (!change) return [this.launch(slowed === undefined ? 'completed' : 'quarantined', slowed)];
    const { goodSamples, reason } = change;
    if (goodSamples < Math.max(1, samplesPerLaunch)) return [this.launch('quarantined', reason)];
    const whole = this.launch('completed', undefined);
    return [
      { ...whole, samplesNs: this.#samplesNs.slice(0, goodSamples) },
      { ...this.launch('quarantined', reason), samplesNs: this.#samplesNs.slice(goodSamples) },
    ];
  }

  take(event: LaunchEvent): void {
    if (event.kind === 'runtime') return;
    if (event.kind === 'init') this.#initNs = event.ns;
    else if (event.kind === 'first') this.#firstNs = event.ns;
    else if (event.kind === 'warmup') this.#warmupRuns = event.runs;
    else if (event.kind === 'samples') this.#samplesNs.push(...event.ns);
    else if (event.kind === 'told') this.#told = event.latency;
    else this.#during.push(event.state);
  }

  launch(status: Launch['status'], reason: string | undefined): Launch {
    return {
      index: this.#index,
      status,
      warmupRuns: this.#warmupRuns,
      samplesNs: this.#samplesNs,
      during: this.#during.slice(0, 10_000),
      ...(reason === undefined ? {} : { reason: reason.slice(0, 4096) }),
      ...(this.#told === undefined ? {} : { told: this.#told }),
      ...(this.#initNs === undefined ? {} : { initNs: this.#initNs }),
      // From the second launch on, the file is in the system's cache and the load is a warm one.
      ...(this.#initNs === undefined || this.#index === 0 ? {} : { warmLoadNs: this.#initNs }),
      ...(this.#firstNs === undefined ? {} : { firstInferenceNs: this.#firstNs }),
      ...(this.#notes.length === 0 ? {} : { notes: [...this.#notes] }),
      before: this.#before,
      ...(this.#after ? { after: this.#after } : {}),
    };
  }
}

import type { InstalledRunner, LaunchEvent, RunnerSettings } from '@main/ports/device-runner';
import type { RunnerTarget } from '@main/ports/runner-target';
import { isAppError, type AppError } from '@shared/error/app-error';
import type { DeviceConditions } from '@shared/model/device';
import type { Profile } from '@shared/model/profile';
import type { Launch, ToldLatency } from '@shared/model/run';
import { whyNotNow, whySpoiled } from './spoiled';

export interface LaunchRequest {
  readonly target: RunnerTarget;
  readonly runner: InstalledRunner;
  readonly settings: RunnerSettings;
  readonly profile: Profile;
  readonly index: number;
  /** Where the first inference's outputs are left. */
  readonly outputsPath?: string | undefined;
  readonly onSamples: (samplesNs: readonly number[]) => void;
  readonly signal?: AbortSignal | undefined;
}

export interface LaunchResult {
  readonly launch: Launch;
  readonly runtimeVersion?: string | undefined;
  /** What ended it early, when something did. */
  readonly error?: AppError;
}

/**
 * One process start of the runner: what it measured, whatever happened. It rejects only when it was cancelled before it began, and
 * with bugs; everything else is in the launch's status and reason, with the samples that were got.
 */
export async function measureLaunch(request: LaunchRequest): Promise<LaunchResult> {
  const { target, signal } = request;
  const measured = new Measured(request.index);
  let before: DeviceConditions | undefined;
  try {
    before = await target.conditions(signal);
    const obstacle = whyNotNow(before);
    if (obstacle !== undefined) return { launch: measured.launch('quarantined', obstacle, before) };
    await request.runner.launch({
      settings: request.settings,
      profile: request.profile,
      outputsPath: request.outputsPath,
      onEvent: (event) => {
        measured.take(event);
        if (event.kind === 'samples') request.onSamples(event.ns);
      },
      signal,
    });
    const after = await target.conditions(signal);
    const spoiled = whySpoiled(before, after);
    const status = spoiled === undefined ? 'completed' : 'quarantined';
    return {
      launch: measured.launch(status, spoiled, before, after),
      runtimeVersion: measured.runtimeVersion,
    };
  } catch (cause) {
    if (signal?.aborted) return { launch: measured.launch('interrupted', 'cancelled', before) };
    if (!isAppError(cause)) throw cause;
    // A runner that said why it cannot go on failed; one that was cut off or killed was interrupted.
    const refused = cause.code === 'runner.failed' && cause.details['stage'] !== 'process';
    const status = refused ? 'failed' : 'interrupted';
    return { launch: measured.launch(status, cause.message, before), error: cause };
  }
}

/** Collects what one launch's events say. */
class Measured {
  runtimeVersion: string | undefined;
  readonly #index: number;
  readonly #samplesNs: number[] = [];
  readonly #during: DeviceConditions[] = [];
  #told: ToldLatency | undefined;
  #initNs: number | undefined;
  #firstNs: number | undefined;
  #warmupRuns = 0;

  constructor(index: number) {
    this.#index = index;
  }

  take(event: LaunchEvent): void {
    if (event.kind === 'runtime') this.runtimeVersion = event.version;
    else if (event.kind === 'init') this.#initNs = event.ns;
    else if (event.kind === 'first') this.#firstNs = event.ns;
    else if (event.kind === 'warmup') this.#warmupRuns = event.runs;
    else if (event.kind === 'samples') this.#samplesNs.push(...event.ns);
    else if (event.kind === 'told') this.#told = event.latency;
    else this.#during.push(event.state);
  }

  launch(
    status: Launch['status'],
    reason: string | undefined,
    before?: DeviceConditions,
    after?: DeviceConditions,
  ): Launch {
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
      ...(before ? { before } : {}),
      ...(after ? { after } : {}),
    };
  }
}

import type { Clock } from '@main/ports/clock';
import type { RunnerTarget } from '@main/ports/runner-target';
import { isAppError, type AppError } from '@shared/error/app-error';
import type { DeviceConditions } from '@shared/model/device';
import type { Profile } from '@shared/model/profile';
import type { Launch } from '@shared/model/run';
import type { RunnerEvent, RunnerEventOf } from '@shared/runner/events';
import { runRunner } from './run-runner';
import { commonOptions, type Series } from './series';
import { whyNotNow, whySpoiled } from './spoiled';

const SLACK_S = 300;

export interface LaunchRequest {
  readonly target: RunnerTarget;
  readonly clock: Clock;
  readonly series: Series;
  readonly profile: Profile;
  readonly index: number;
  readonly modelPath: string;
  readonly inputsPath?: string | undefined;
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
    await runRunner(target, {
      mode: 'bench',
      options: benchOptions(request),
      onEvent: (event) => {
        measured.take(event);
        if (event.ev === 'samples') request.onSamples(event.ns);
      },
      timeoutMs:
        (longestSeconds(request.profile) + (request.profile.warmup.capSeconds ?? 0) + SLACK_S) * 1000,
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

/** A slow model gets ten times the profile's time before it is cut short. */
const longestSeconds = (profile: Profile): number => Math.max(profile.secondsPerLaunch * 10, 120);

function benchOptions({ series, profile, ...request }: LaunchRequest) {
  const { warmup } = profile;
  return {
    ...commonOptions(series, request.modelPath, request.inputsPath),
    outputs: request.outputsPath,
    'warmup-runs': warmup.runs,
    'warmup-seconds': warmup.seconds,
    'warmup-within': warmup.untilWithin,
    'warmup-cap-seconds': warmup.capSeconds,
    'min-samples': Math.max(1, profile.samplesPerLaunch),
    'min-seconds': profile.secondsPerLaunch,
    'max-seconds': longestSeconds(profile),
  };
}

/** Collects what one launch's events say. */
class Measured {
  runtimeVersion: string | undefined;
  readonly #index: number;
  readonly #samplesNs: number[] = [];
  readonly #during: DeviceConditions[] = [];
  #initNs: number | undefined;
  #firstNs: number | undefined;
  #warmupRuns = 0;

  constructor(index: number) {
    this.#index = index;
  }

  take(event: RunnerEvent): void {
    if (event.ev === 'library') this.runtimeVersion = event.version;
    else if (event.ev === 'init') this.#initNs = event.modelNs + event.interpreterNs + event.allocateNs;
    else if (event.ev === 'first') this.#firstNs = event.ns;
    else if (event.ev === 'warm' || event.ev === 'warming') this.#warmupRuns = event.runs;
    else if (event.ev === 'samples') this.#samplesNs.push(...event.ns);
    else if (event.ev === 'state') this.#during.push(stateOf(event));
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
      ...(this.#initNs === undefined ? {} : { initNs: this.#initNs }),
      // From the second launch on, the file is in the system's cache and the load is a warm one.
      ...(this.#initNs === undefined || this.#index === 0 ? {} : { warmLoadNs: this.#initNs }),
      ...(this.#firstNs === undefined ? {} : { firstInferenceNs: this.#firstNs }),
      ...(before ? { before } : {}),
      ...(after ? { after } : {}),
    };
  }
}

function stateOf(event: RunnerEventOf<'state'>): DeviceConditions {
  const zones = Object.entries(event.tempMilliC).map(([name, value]) => [name, value / 1000] as const);
  return {
    atNs: event.atNs,
    ...(zones.length > 0
      ? { zonesC: Object.fromEntries(zones), hottestC: Math.max(...zones.map(([, value]) => value)) }
      : {}),
    ...(event.cpuKhz.length > 0 ? { cpuKHz: event.cpuKhz } : {}),
  };
}

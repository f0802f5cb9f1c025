import type { Clock } from '@main/ports/clock';
import type { DeviceRunner } from '@main/ports/device-runner';
import type { RunnerTarget } from '@main/ports/runner-target';
import { AppError, isAppError } from '@shared/error/app-error';
import type { DelegateChoice } from '@shared/model/delegate';
import type { Profile } from '@shared/model/profile';
import type { Run } from '@shared/model/run';
import type { BenchVariant, Series } from './series';
import type { BenchEvent, BenchSink } from './sink';
import { TargetPlan } from './target-plan';

export { parseProfile } from './profile';
export { runnerOf, type RunnerParts } from './runners';
export type { BenchVariant } from './series';
export type { BenchEvent, BenchSink, RunExtras, RunHeader } from './sink';

export interface BenchRequest {
  readonly planId: string;
  readonly variants: readonly BenchVariant[];
  readonly targets: readonly RunnerTarget[];
  /** Numbers of threads to measure with, each in runs of its own. */
  readonly threads: readonly number[];
  readonly runner: DeviceRunner;
  /** What to run the model with, each in runs of its own. */
  readonly delegates: readonly DelegateChoice[];
  /** Cores to run on: "big", "middle", "little", or a hexadecimal mask ("f0"); all of them without it. */
  readonly affinity?: string | undefined;
  /** Hold clocks and screen steady meanwhile (fixed-performance mode, screen on), where the target lets us. */
  readonly prepare: boolean;
  readonly profile: Profile;
  readonly appVersion: string;
  readonly newId: () => string;
  /** Runs of this plan that an earlier attempt left: what they have measured is not measured again. */
  readonly earlier?: readonly Run[];
  /** Whether these runs of one target are told apart, so that no more launches are needed. */
  readonly isDecided?: (runs: readonly Run[]) => boolean;
  /** How often devices are looked at while a launch is under way, in ms. */
  readonly watchEveryMs?: number;
  /** Ends the measuring after the launches that are under way, with its reason. */
  readonly pause?: AbortSignal;
}

/** A target whose part of the plan ended early, and why. */
export interface TargetProblem {
  readonly serial: string;
  readonly error: AppError;
}

/**
 * Measures variants x threads x delegates on every target, targets side by side and launches of one target in the profile's order. Everything
 * measured goes to the sink at once. A sick target stops its own part only, and is named in the answer; a cancel rejects with the
 * signal's reason after what had begun is finished as interrupted.
 */
export async function measure(
  clock: Clock,
  request: BenchRequest,
  sink: BenchSink,
  onEvent: (event: BenchEvent) => void,
  signal?: AbortSignal,
): Promise<readonly TargetProblem[]> {
  const series: Series[] = request.variants.flatMap((variant) =>
    request.threads.flatMap((threads) =>
      request.delegates.map((delegate) => ({ variant, threads, delegate, affinity: request.affinity })),
    ),
  );
  if (series.length === 0 || request.targets.length === 0)
    throw new AppError('usage.wrong', 'There is nothing to measure: name a variant and a device.');
  const { planId, runner, profile, appVersion, newId, prepare, earlier = [] } = request;
  const { pause, isDecided, watchEveryMs } = request;
  const plans = request.targets.map((target) =>
    new TargetPlan(target, {
      planId,
      runner,
      series,
      profile,
      appVersion,
      prepare,
      newId,
      earlier: earlier.filter(({ device }) => device.serial === target.serial),
      pause,
      isDecided,
      watchEveryMs,
      clock,
      sink,
      onEvent,
      signal,
    }).run(),
  );
  const problems: TargetProblem[] = [];
  for (const [i, outcome] of (await Promise.allSettled(plans)).entries()) {
    if (outcome.status === 'fulfilled') continue;
    signal?.throwIfAborted();
    if (!isAppError(outcome.reason)) throw outcome.reason;
    problems.push({ serial: request.targets[i]?.serial ?? '', error: outcome.reason });
  }
  return problems;
}

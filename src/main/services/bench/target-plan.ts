import type { InstalledRunner } from '@main/ports/device-runner';
import type { RunnerTarget } from '@main/ports/runner-target';
import { isAppError } from '@shared/error/app-error';
import type { Launch, Run } from '@shared/model/run';
import { coolDown } from './cooldown';
import { beginSeries, finishSeries, memoryOf, type Begun } from './begun-series';
import { isMade } from './earlier';
import { measureLaunch, notBegun } from './launch';
import { takeOutputs } from './first-outputs';
import { TARGET_GONE, type PlanRequest } from './plan-request';
import { launchOrder } from './order';
import { LEAST_GATE } from './spoiled';
import { StartGate } from './start-gate';

/** Measures all series on one target. */
export class TargetPlan {
  readonly #target: RunnerTarget;
  readonly #request: PlanRequest;
  readonly #begun = new Map<number, Begun | 'over'>();
  readonly #gate: StartGate;
  #runner: InstalledRunner | undefined;
  #startC: number | undefined;
  #launched = false;

  constructor(target: RunnerTarget, request: PlanRequest) {
    this.#target = target;
    this.#request = request;
    const { serial } = target;
    const { clock, profile, onEvent } = request;
    this.#gate = new StartGate(target, clock, profile.gate ?? LEAST_GATE, (why, seconds) =>
      onEvent({ kind: 'waiting', serial, why, seconds }),
    );
  }

  /** Rejects with what ended it early; what had begun by then is finished as interrupted. */
  async run(): Promise<void> {
    const restore = await this.#prepare();
    try {
      await this.#measureAll();
    } finally {
      // A device that is gone by now is put back when it is seen again: the ledger knows.
      await restore().catch(() => undefined);
    }
  }

  async #prepare(): Promise<() => Promise<void>> {
    const { prepare, signal } = this.#request;
    if (!prepare) return () => Promise.resolve();
    return (await this.#target.prepare(signal)).restore;
  }

  async #measureAll(): Promise<void> {
    const { signal, pause } = this.#request;
    const waiting = AbortSignal.any([signal, pause].filter((one) => one !== undefined));
    try {
      this.#runner = await this.#request.runner.install(this.#target, signal);
      this.#startC = (await this.#gate.open(signal)).hottestC;
      await this.#inOrder(waiting);
      await this.#again(waiting);
      for (const begun of this.#open())
        await finishSeries(begun, this.#request, await memoryOf(begun, signal));
    } catch (error) {
      const reason = signal?.aborted
        ? 'cancelled'
        : pause?.aborted
          ? 'paused'
          : isAppError(error)
            ? error.message
            : 'an error inside Edgebench';
      for (const begun of this.#open()) await finishSeries(begun, this.#request, {}, reason);
      throw error;
    }
  }

  /** Turn by turn; beyond the profile's launches only as long as they do not tell the variants apart. */
  async #inOrder(waiting: AbortSignal): Promise<void> {
    const { profile, planId, series, isDecided } = this.#request;
    const order = launchOrder(series.length, profile, planId);
    const usual = series.length * profile.launches;
    const mayStop = profile.stopWhenSeparated && profile.order !== 'sequential';
    for (const [done, { series: index, launch }] of order.entries()) {
      const turnEnds = done >= usual && done % series.length === 0;
      if (turnEnds && (!mayStop || !isDecided || isDecided(this.#measured()))) return;
      waiting.throwIfAborted();
      const begun = await this.#begunOf(index);
      if (begun === 'over' || begun.over) continue;
      if (begun.launches.some((made) => made.index === launch && isMade(made))) continue;
      await this.#launch(begun, launch, done, Math.max(usual, done + 1), waiting);
    }
  }

  /** Spoiled launches are made again after the others, as far as the profile goes. */
  async #again(waiting: AbortSignal): Promise<void> {
    const { profile } = this.#request;
    for (let i = 0; i < (profile.repeats ?? 0); i++) {
      for (const begun of this.#open()) {
        const whole = begun.launches.filter(({ status }) => status === 'completed').length;
        const next = Math.max(-1, ...begun.launches.map(({ index }) => index)) + 1;
        // A device that was not fit for a launch was waited for already.
        const isVain = begun.launches.every(({ samplesNs, told }) => samplesNs.length === 0 && !told);
        if (whole >= profile.launches || isVain) continue;
        waiting.throwIfAborted();
        await this.#launch(begun, next, next, next + 1, waiting);
      }
    }
  }

  async #begunOf(index: number): Promise<Begun | 'over'> {
    const series = this.#request.series[index];
    if (!this.#runner || !series) throw new Error('a series begins before its runner is installed');
    const begun =
      this.#begun.get(index) ?? (await beginSeries(this.#target, this.#runner, series, this.#request));
    this.#begun.set(index, begun);
    return begun;
  }

  /** What the open series have so far, as runs that came to their end. */
  #measured(): Run[] {
    return Array.from(this.#open(), ({ header, launches }) => ({ ...header, status: 'completed', launches }));
  }

  *#open(): Generator<Begun> {
    for (const begun of this.#begun.values()) if (begun !== 'over' && !begun.over) yield begun;
  }

  async #launch(
    begun: Begun,
    index: number,
    done: number,
    total: number,
    waiting: AbortSignal,
  ): Promise<void> {
    const { onEvent, clock, profile, signal } = this.#request;
    const { serial } = this.#target;
    const { id, name } = begun.header;
    if (this.#launched) {
      onEvent({ kind: 'cooling', serial });
      await coolDown(this.#target, clock, profile.cooldown, this.#startC, waiting);
    }
    const { conditions: before, obstacle } = await this.#gate.pass(waiting);
    this.#launched = true;
    if (obstacle !== undefined) return this.#keep(begun, notBegun(index, obstacle, before));
    onEvent({
      kind: 'launching',
      serial,
      runId: id,
      name,
      launch: index,
      of: Math.max(profile.launches, index + 1),
      done,
      total,
    });
    const wantsOutputs = begun.settings.inputs !== undefined && begun.runner.givesOutputs;
    const outputsPath = wantsOutputs && !begun.firstOutputs ? this.#target.scratch('outputs') : undefined;
    const result = await measureLaunch({
      target: this.#target,
      clock,
      runner: begun.runner,
      settings: begun.settings,
      profile,
      index,
      before,
      outputsPath,
      onSamples: (samplesNs) => onEvent({ kind: 'samples', serial, runId: id, launch: index, samplesNs }),
      onWarmup: (runs) => onEvent({ kind: 'warming', serial, runs }),
      watchEveryMs: this.#request.watchEveryMs,
      signal,
    });
    for (const launch of result.launches) await this.#keep(begun, launch);
    const isGone = result.error !== undefined && TARGET_GONE.has(result.error.code);
    const hasOutputs = !result.error && result.launches.some(({ samplesNs }) => samplesNs.length > 0);
    if (outputsPath !== undefined && !hasOutputs && !isGone)
      await this.#target.discard(outputsPath).catch(() => undefined);
    signal?.throwIfAborted();
    if (isGone) throw result.error;
    if (result.error) await finishSeries(begun, this.#request, {}, result.error.message);
    else if (outputsPath !== undefined && hasOutputs)
      begun.firstOutputs = await takeOutputs(this.#target, outputsPath, signal);
  }

  async #keep(begun: Begun, launch: Launch): Promise<void> {
    begun.launches.push(launch);
    await this.#request.sink.launch(begun.header.id, launch);
  }
}

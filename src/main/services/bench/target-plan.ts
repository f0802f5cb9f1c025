import type { Clock } from '@main/ports/clock';
import type { Coverage, DeviceRunner, InstalledRunner, RunnerSettings } from '@main/ports/device-runner';
import type { RunnerTarget } from '@main/ports/runner-target';
import { isAppError } from '@shared/error/app-error';
import type { Launch, Run } from '@shared/model/run';
import type { NamedTensors } from '@shared/model/tensor';
import { affinityMask } from './affinity';
import { coolDown } from './cooldown';
import { earlierRun, isMade } from './earlier';
import { measureLaunch, notBegun } from './launch';
import { takeOutputs } from './first-outputs';
import { firstHeader, lastHeader, type PlanFacts } from './run-header';
import { launchOrder } from './order';
import type { Series } from './series';
import { LEAST_GATE } from './spoiled';
import { StartGate } from './start-gate';
import type { BenchEvent, BenchSink, RunHeader } from './sink';

/** Errors after which there is no use in asking the target anything more. */
const TARGET_GONE = new Set(['device.lost', 'device.not-found', 'device.not-ready', 'timeout']);

export interface PlanRequest extends PlanFacts {
  readonly runner: DeviceRunner;
  readonly series: readonly Series[];
  /** Hold clocks and screen steady meanwhile, where the target lets us. */
  readonly prepare: boolean;
  readonly newId: () => string;
  /** What an earlier attempt of the plan left on this target. */
  readonly earlier: readonly Run[];
  /** Whether these runs are told apart: asked after each turn of launches beyond the usual ones. */
  readonly isDecided?: ((runs: readonly Run[]) => boolean) | undefined;
  readonly watchEveryMs?: number | undefined;
  /** Ends it after the launch that is under way. */
  readonly pause?: AbortSignal | undefined;
  readonly clock: Clock;
  readonly sink: BenchSink;
  readonly onEvent: (event: BenchEvent) => void;
  readonly signal?: AbortSignal | undefined;
}

/** A series on this target, once its run has begun. */
interface Begun {
  readonly series: Series;
  readonly header: RunHeader;
  readonly runner: InstalledRunner;
  readonly settings: RunnerSettings;
  readonly coverage: Coverage;
  readonly launches: Launch[];
  firstOutputs?: NamedTensors;
  over?: true;
}

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
      for (const begun of this.#open()) await this.#finish(begun, await this.#memoryOf(begun));
    } catch (error) {
      const reason = signal?.aborted
        ? 'cancelled'
        : pause?.aborted
          ? 'paused'
          : isAppError(error)
            ? error.message
            : 'an error inside Edgebench';
      for (const begun of this.#open()) await this.#finish(begun, {}, reason);
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
    const begun = this.#begun.get(index) ?? (await this.#begin(index));
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

  /** Puts the variant on the target and looks at its operators; a variant that cannot be is kept as a refused run. */
  async #begin(index: number): Promise<Begun | 'over'> {
    const { signal, sink, newId, clock } = this.#request;
    const runner = this.#runner;
    if (!runner) throw new Error('a series begins before its runner is installed');
    const fingerprint = await this.#target.fingerprint(signal);
    const series = this.#request.series[index] as Series;
    const earlier = earlierRun(this.#request.earlier, series, runner.provenance, fingerprint);
    if (earlier && earlier.status !== 'interrupted') return 'over';
    const { launches, reason: _before, ...known } = earlier ?? { launches: [], reason: undefined };
    const header = earlier
      ? (known as RunHeader)
      : firstHeader(this.#request, series, runner.provenance, fingerprint, {
          id: newId(),
          startedAt: clock.nowIso(),
        });
    try {
      // Refused before anything is sent, where the target has no such cores.
      const affinity = series.affinity === undefined ? undefined : affinityMask(series.affinity, fingerprint);
      const { inputs, signature } = series.variant;
      const settings: RunnerSettings = {
        modelPath: await this.#put(series),
        signature,
        inputs: inputs && (await runner.putInputs(inputs, signal)),
        threads: series.threads,
        delegate: series.delegate,
        coreMask: affinity,
      };
      const coverage = await runner.inspect(settings, signal);
      if (!earlier) await sink.begin(header);
      return {
        series: { ...series, affinity },
        header,
        runner,
        settings,
        coverage,
        launches: [...launches],
      };
    } catch (error) {
      if (signal?.aborted || !isAppError(error) || TARGET_GONE.has(error.code)) throw error;
      if (!earlier) await sink.begin(header);
      const status = error.code === 'runner.failed' ? 'failed' : 'refused';
      await sink.finish({ ...header, status, reason: error.message }, { operatorTimes: [] });
      return 'over';
    }
  }

  #put(series: Series): Promise<string> {
    const { file, name } = series.variant;
    return this.#target.put(file, this.#request.signal, (bytes) =>
      this.#request.onEvent({ kind: 'sending', serial: this.#target.serial, name, bytes, of: file.bytes }),
    );
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
    signal?.throwIfAborted();
    if (result.error && TARGET_GONE.has(result.error.code)) throw result.error;
    if (result.error) await this.#finish(begun, {}, result.error.message);
    else if (outputsPath !== undefined && result.launches.some(({ samplesNs }) => samplesNs.length > 0))
      begun.firstOutputs = await takeOutputs(this.#target, outputsPath, signal);
  }

  async #keep(begun: Begun, launch: Launch): Promise<void> {
    begun.launches.push(launch);
    await this.#request.sink.launch(begun.header.id, launch);
  }

  /** Memory is worth knowing, but a target that does not tell it has still measured. */
  async #memoryOf({ runner, settings }: Begun): Promise<Pick<RunHeader, 'memory'>> {
    try {
      return { memory: await runner.memory(settings, this.#request.signal) };
    } catch (error) {
      if (this.#request.signal?.aborted || !isAppError(error) || TARGET_GONE.has(error.code)) throw error;
      return {};
    }
  }

  async #finish(begun: Begun, more: Pick<RunHeader, 'memory'>, reason?: string): Promise<void> {
    begun.over = true;
    const { runner, settings } = begun;
    const flags = runner.flags(settings, this.#request.profile);
    const header = lastHeader({ ...begun, flags }, more, reason);
    await this.#request.sink.finish(header, {
      operatorTimes: begun.coverage.times,
      ...(begun.firstOutputs ? { firstOutputs: begun.firstOutputs } : {}),
    });
  }
}

import { AppError, isAppError } from '@shared/error/app-error';
import type {
  Coverage,
  InputFiles,
  InstalledRunner,
  LaunchCall,
  RunnerSettings,
} from '@main/ports/device-runner';
import type { LocalFiles } from '@main/ports/local-files';
import type { FoundProgram, RunnerTarget } from '@main/ports/runner-target';
import type { Delegate } from '@shared/model/delegate';
import type { Profile } from '@shared/model/profile';
import type { Memory, Provenance } from '@shared/model/run';
import { coverageOf } from './coverage';
import {
  argumentsOf,
  commonFlags,
  encodeInput,
  isNameable,
  launchFlags,
  longestSeconds,
  type Flags,
} from './flags';
import { percentilesOf } from './result-proto';
import { readRuntimeInfo } from './runtime-info';
import { definedOnly } from './told';
import { Transcript } from './transcript';

const SLACK_S = 300;
const INSPECT_MS = 600_000;
const PROFILED_RUNS = 20;
const MOST_FILE_BYTES = 64 << 20;

/** benchmark_model on a target. */
export class InstalledBenchmarkModel implements InstalledRunner {
  readonly givesOutputs = false;
  readonly provenance: Pick<Provenance, 'runner' | 'runnerHash'>;
  readonly #target: RunnerTarget;
  readonly #files: LocalFiles;
  readonly #program: string;
  readonly #libraries = new Map<string, Promise<string>>();

  constructor(target: RunnerTarget, files: LocalFiles, program: FoundProgram) {
    this.#target = target;
    this.#files = files;
    this.#program = program.path;
    this.provenance = { runner: 'benchmark_model', runnerHash: program.sha256 };
  }

  /** Of several inputs the tool wants the interpreter's order, which nobody here knows. */
  async putInputs({ tensors }: InputFiles, signal?: AbortSignal): Promise<string | undefined> {
    const [only] = tensors;
    if (!only || tensors.length > 1 || !isNameable(only.name)) return undefined;
    const { name, shape, file } = only;
    return encodeInput({ name, shape, path: await this.#target.put(file, signal) });
  }

  async launch({ settings, profile, onEvent, signal }: LaunchCall): Promise<void> {
    const resultPath = this.#target.scratch('result');
    const timeoutMs = (2 * longestSeconds(profile) + SLACK_S) * 1000;
    const flags = { ...launchFlags(profile), result_file_path: resultPath };
    const transcript = await this.#run(settings, flags, timeoutMs, 1, signal);
    const { latency, firstNs } = transcript.results(this.#target.serial);
    const file = await this.#takeIfThere(resultPath, signal);
    const { warmup, initNs } = transcript;
    if (initNs !== undefined) onEvent({ kind: 'init', ns: initNs });
    onEvent({ kind: 'first', ns: warmup?.firstNs ?? firstNs });
    onEvent({ kind: 'warmup', runs: warmup?.latency.samples ?? 0 });
    onEvent({ kind: 'told', latency: file ? { ...percentilesOf(file, latency), ...latency } : latency });
  }

  async inspect(settings: RunnerSettings, signal?: AbortSignal): Promise<Coverage> {
    const infoPath = this.#target.scratch('runtime-info');
    const flags = {
      warmup_runs: 1,
      warmup_min_secs: 0,
      num_runs: PROFILED_RUNS,
      min_secs: 0,
      enable_op_profiling: true,
      export_model_runtime_info: true,
      model_runtime_info_output_file: infoPath,
    };
    const transcript = await this.#run(settings, flags, INSPECT_MS, PROFILED_RUNS, signal);
    transcript.results(this.#target.serial);
    const file = await this.#takeIfThere(infoPath, signal);
    return coverageOf(transcript, file && readRuntimeInfo(file));
  }

  async memory(settings: RunnerSettings, signal?: AbortSignal): Promise<Memory> {
    const flags = {
      warmup_runs: 1,
      warmup_min_secs: 0,
      num_runs: PROFILED_RUNS,
      min_secs: 0,
      report_peak_memory_footprint: true,
      memory_footprint_check_interval_ms: 5,
    };
    const transcript = await this.#run(settings, flags, INSPECT_MS, 1, signal);
    transcript.results(this.#target.serial);
    return definedOnly({ steadyBytes: transcript.residentBytes, peakBytes: transcript.peakBytes });
  }

  flags(settings: RunnerSettings, profile: Profile): readonly string[] {
    const { graph: _graph, ...shown } = commonFlags(settings, settings.delegate.library);
    return argumentsOf({ ...shown, ...launchFlags(profile) });
  }

  async #run(
    settings: RunnerSettings,
    flags: Flags,
    timeoutMs: number,
    profiledRuns: number,
    signal: AbortSignal | undefined,
  ): Promise<Transcript> {
    const { delegate, coreMask } = settings;
    const transcript = new Transcript(delegate.kind, profiledRuns);
    const library = await this.#library(delegate.library, delegate.kind, signal);
    // Says on the error stream what it logs, and on the other what it answers: both are read, in whatever order.
    const exit = await this.#target.execute({
      command: [
        ...(coreMask === undefined ? [] : ['taskset', coreMask]),
        this.#program,
        ...argumentsOf({ ...commonFlags(settings, library), ...flags }),
      ],
      onOutput: (bytes) => transcript.push(bytes),
      timeoutMs,
      // It says nothing while it measures.
      silenceMs: timeoutMs,
      signal,
    });
    transcript.pushErrors(exit.errors);
    if (exit.exitStatus !== undefined && exit.exitStatus !== 0) throw this.#failure(transcript, exit);
    return transcript;
  }

  #failure(transcript: Transcript, exit: { exitStatus: number | undefined; errors: string }): AppError {
    const { serial } = this.#target;
    const said = exit.errors.trim().split('\n').at(-1)?.slice(0, 300) ?? '';
    const how =
      exit.exitStatus === 137
        ? 'it was killed, most likely for want of memory'
        : (exit.exitStatus ?? 0) > 128
          ? `it was ended by signal ${(exit.exitStatus ?? 0) - 128}`
          : `it left with status ${exit.exitStatus}`;
    const why = transcript.refusal ?? `${how}${said ? ` (${said})` : ''}`;
    const code = exit.exitStatus === 126 || exit.exitStatus === 127 ? 'device.unsupported' : 'runner.failed';
    // Killed or crashed: what it had measured by then is not told, but the plan may go on.
    const stage = (exit.exitStatus ?? 0) > 128 ? 'process' : 'benchmark_model';
    return new AppError(code, `benchmark_model on ${serial}: ${why}.`, { details: { serial, stage } });
  }

  /** The delegate's library on the target: sent there, or a path of the target's own where this computer has no such file. */
  #library(path: string | undefined, kind: Delegate, signal?: AbortSignal): Promise<string | undefined> {
    if (kind !== 'external') return Promise.resolve(undefined);
    if (path === undefined)
      throw new AppError(
        'usage.wrong',
        'An external delegate needs its library: name it with --delegate-library.',
      );
    const known = this.#libraries.get(path) ?? this.#put(path, signal);
    this.#libraries.set(path, known);
    return known;
  }

  async #put(path: string, signal?: AbortSignal): Promise<string> {
    return this.#target.put(await this.#files.identify(path), signal);
  }

  /** Older versions do not know the flag that writes the file. */
  async #takeIfThere(path: string, signal?: AbortSignal): Promise<Uint8Array | undefined> {
    try {
      return await this.#target.take(path, MOST_FILE_BYTES, signal);
    } catch (error) {
      if (
        signal?.aborted ||
        (isAppError(error) && (error.code === 'device.lost' || error.code === 'timeout'))
      )
        throw error;
      return undefined;
    }
  }
}

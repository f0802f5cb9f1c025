import type {
  Coverage,
  DeviceRunner,
  InputFiles,
  InstalledRunner,
  LaunchCall,
  RunnerSettings,
} from '@main/ports/device-runner';
import type { LocalFiles } from '@main/ports/local-files';
import type { RunnerKits } from '@main/ports/runner-kit';
import type { RunnerTarget } from '@main/ports/runner-target';
import { AppError, isAppError } from '@shared/error/app-error';
import type { Profile } from '@shared/model/profile';
import type { Memory, Provenance } from '@shared/model/run';
import { OUR_RUNNER } from '@shared/model/runner';
import { delegateFiles } from './delegate-files';
import { inspectMemory, inspectOperators } from './inspect';
import { placeKit, type PlacedKit } from './kits';
import { benchOptions, launch } from './launch';
import { commonOptions, flagsOf } from './options';
import { CANNOT_START, runProgram } from './run-program';

const PROBE_MS = 60_000;

/** Our own runner: loads a TensorFlow Lite library that is sent with it, and tells every sample. */
export class EdgebenchRunner implements DeviceRunner {
  readonly name = 'edgebench';
  readonly #files: LocalFiles;
  readonly #kits: RunnerKits;

  constructor(files: LocalFiles, kits: RunnerKits) {
    this.#files = files;
    this.#kits = kits;
  }

  /** Tries each kit there is for the target until one starts and loads its library. */
  async install(target: RunnerTarget, signal?: AbortSignal): Promise<InstalledRunner> {
    const device = await target.fingerprint(signal);
    const kits = this.#kits(device);
    if (kits.length === 0)
      throw new AppError(
        'device.unsupported',
        `The runner is not made for ${device.abis.join(', ') || 'the processor'} of ${target.serial}: ARM or 64-bit x86 is needed.`,
      );
    const failures: AppError[] = [];
    for (const kit of kits) {
      const placed = await placeKit(target, this.#files, kit, signal);
      const failure = await whyNotStarting(target, placed, signal);
      if (!failure) return new InstalledEdgebench(target, this.#files, placed);
      failures.push(failure);
    }
    const [first] = failures;
    throw failures.length === 1 && first
      ? first
      : new AppError(
          'device.unsupported',
          `The runner does not start on ${target.serial}, neither by itself nor with a C library of its own: ${failures.map(({ message }) => message).join(' ')}`,
          { cause: first },
        );
  }
}

/** Starts it for nothing but loading its library; what speaks against using it. Rejects where the target is gone. */
async function whyNotStarting(
  target: RunnerTarget,
  placed: PlacedKit,
  signal?: AbortSignal,
): Promise<AppError | undefined> {
  try {
    await runProgram(target, placed, {
      mode: 'probe',
      options: {},
      onEvent: () => undefined,
      timeoutMs: PROBE_MS,
      signal,
    });
    return undefined;
  } catch (error) {
    if (!isAppError(error) || signal?.aborted) throw error;
    const { exitStatus, stage } = error.details;
    if (CANNOT_START.has(Number(exitStatus)) || stage === 'library' || stage === 'process') return error;
    throw error;
  }
}

class InstalledEdgebench implements InstalledRunner {
  readonly givesOutputs = true;
  readonly provenance: Pick<Provenance, 'runner' | 'runnerHash' | 'startWay'>;
  readonly #target: RunnerTarget;
  readonly #files: LocalFiles;
  readonly #placed: PlacedKit;

  constructor(target: RunnerTarget, files: LocalFiles, placed: PlacedKit) {
    this.#target = target;
    this.#files = files;
    this.#placed = placed;
    const { runnerHash, startWay } = placed;
    this.provenance = { runner: OUR_RUNNER, runnerHash, startWay };
  }

  putInputs({ stream }: InputFiles, signal?: AbortSignal): Promise<string> {
    return this.#target.put(stream, signal);
  }

  async launch(call: LaunchCall): Promise<void> {
    const { placed, options } = await this.#ready(call.settings, call.signal);
    await launch(this.#target, placed, options, call);
  }

  async inspect(settings: RunnerSettings, signal?: AbortSignal): Promise<Coverage> {
    const { placed, options } = await this.#ready(settings, signal);
    return inspectOperators(this.#target, placed, { ...commonOptions(settings), ...options }, signal);
  }

  async memory(settings: RunnerSettings, signal?: AbortSignal): Promise<Memory> {
    const { placed, options } = await this.#ready(settings, signal);
    return inspectMemory(this.#target, placed, { ...commonOptions(settings), ...options }, signal);
  }

  flags(settings: RunnerSettings, profile: Profile): readonly string[] {
    const { model: _model, inputs: _inputs, ...shown } = benchOptions({ settings, profile });
    const options = Object.entries(settings.delegate.options ?? {}).map(
      ([name, value]) => `${name}=${value}`,
    );
    return flagsOf({ ...shown, 'delegate-lib': settings.delegate.library, 'delegate-option': options });
  }

  async #ready(settings: RunnerSettings, signal?: AbortSignal) {
    const { library, options } = await delegateFiles(
      this.#target,
      this.#files,
      this.#placed,
      settings,
      signal,
    );
    return { placed: { command: this.#placed.command, library }, options };
  }
}

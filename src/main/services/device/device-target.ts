import type { AdbConnection } from '@main/ports/adb';
import type { DeviceLedger } from '@main/ports/device-ledger';
import type { LocalFile, LocalFiles } from '@main/ports/local-files';
import type {
  Preparation,
  RunnerExit,
  RunnerInstall,
  RunnerStart,
  RunnerTarget,
} from '@main/ports/runner-target';
import { AppError } from '@shared/error/app-error';
import type { DeviceConditions, DeviceFingerprint } from '@shared/model/device';
import { CONDITIONS_COMMANDS, readConditions } from './conditions';
import { FINGERPRINT_COMMANDS, readFingerprint } from './fingerprint';
import { prepareDevice } from './prepare';
import { readSections, sectionScript } from './sections';
import { DEVICE_FOLDER, DeviceStore } from './store';

/** Paths on this computer of what runs on a device of some ABI; undefined when we have nothing for it. */
export type AndroidParts = (abi: string) => { readonly runner: string; readonly library: string } | undefined;

const ASK_MS = 20_000;
/** What a shell answers for a program that it cannot start, and what a crash in its start looks like. */
const CANNOT_START = new Set([126, 127, 139]);

/** An Android device as a place to run the runner on. */
export class DeviceTarget implements RunnerTarget {
  readonly serial: string;
  readonly #connection: AdbConnection;
  readonly #files: LocalFiles;
  readonly #store: DeviceStore;
  readonly #parts: AndroidParts;
  readonly #ledger: DeviceLedger;
  #fixedPerformance: boolean | undefined;
  #fingerprint: DeviceFingerprint | undefined;
  #installed: { readonly runner: string; readonly library: string } | undefined;

  constructor(
    serial: string,
    connection: AdbConnection,
    files: LocalFiles,
    parts: AndroidParts,
    ledger: DeviceLedger,
  ) {
    this.serial = serial;
    this.#connection = connection;
    this.#files = files;
    this.#store = new DeviceStore(connection, files);
    this.#parts = parts;
    this.#ledger = ledger;
  }

  async fingerprint(signal?: AbortSignal): Promise<DeviceFingerprint> {
    this.#fingerprint ??= readFingerprint(this.serial, await this.#ask(FINGERPRINT_COMMANDS, signal));
    return this.#fingerprint;
  }

  async conditions(signal?: AbortSignal): Promise<DeviceConditions> {
    const conditions = readConditions(await this.#ask(CONDITIONS_COMMANDS, signal));
    const fixedPerformance = this.#fixedPerformance;
    return fixedPerformance === undefined ? conditions : { ...conditions, fixedPerformance };
  }

  async prepare(signal?: AbortSignal): Promise<Preparation> {
    const { sdk } = await this.fingerprint(signal);
    const { screenOn } = await this.conditions(signal);
    const { serial } = this;
    const done = await prepareDevice(this.#connection, this.#ledger, { serial, sdk, screenOn, signal });
    this.#fixedPerformance = done.fixedPerformance;
    return {
      ...done,
      restore: async () => {
        this.#fixedPerformance = undefined;
        await done.restore();
      },
    };
  }

  async install(signal?: AbortSignal): Promise<RunnerInstall> {
    const { abis } = await this.fingerprint(signal);
    const abi = abis.find((name) => this.#parts(name));
    const parts = abi === undefined ? undefined : this.#parts(abi);
    if (abi === undefined || !parts)
      throw new AppError(
        'device.unsupported',
        `The runner is not made for ${abis.join(', ') || 'the processor'} of ${this.serial}: 64-bit ARM or x86 is needed.`,
      );
    const runner = await this.#files.identify(parts.runner);
    const library = await this.#files.identify(parts.library);
    this.#installed = {
      runner: await this.#store.put(runner, true, signal),
      library: await this.#store.put(library, false, signal),
    };
    return { runnerHash: runner.sha256, abi, startWay: 'A' };
  }

  put(file: LocalFile, signal?: AbortSignal, onSent?: (bytes: number) => void): Promise<string> {
    return this.#store.put(file, false, signal, onSent);
  }

  async start(request: RunnerStart): Promise<RunnerExit> {
    if (!this.#installed) throw new Error('the runner is started before it is installed');
    const { runner, library } = this.#installed;
    const options = { lib: library, ...request.options };
    const { exitStatus, errors } = await this.#connection.shell({
      command: [
        runner,
        request.mode,
        ...Object.entries(options).flatMap(([key, value]) =>
          value === undefined ? [] : [`--${key}`, String(value)],
        ),
      ],
      onOutput: request.onOutput,
      timeoutMs: request.timeoutMs,
      silenceMs: request.silenceMs,
      signal: request.signal,
    });
    if (exitStatus !== undefined && CANNOT_START.has(exitStatus))
      throw new AppError(
        'device.unsupported',
        `The runner does not start on ${this.serial} (status ${exitStatus}): ${errors.trim().slice(0, 300) || 'no reason given'}.`,
        { details: { exitStatus } },
      );
    return { exitStatus, errors };
  }

  scratch(name: string): string {
    return `${DEVICE_FOLDER}/out-${crypto.randomUUID()}-${name}`;
  }

  async take(path: string, limit: number, signal?: AbortSignal): Promise<Uint8Array> {
    const bytes = await this.#connection.pull(path, limit, signal);
    await this.#connection.shell({ command: ['rm', '-f', path], timeoutMs: ASK_MS, signal });
    return bytes;
  }

  async #ask(
    commands: Readonly<Record<string, string>>,
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<string, string>> {
    const marker = `edgebench-${crypto.randomUUID()}`;
    const { output } = await this.#connection.shell({
      command: ['sh', '-c', sectionScript(marker, commands)],
      timeoutMs: ASK_MS,
      signal,
    });
    return readSections(marker, output);
  }
}

import type { AdbConnection } from '@main/ports/adb';
import type { DeviceLedger } from '@main/ports/device-ledger';
import type { LocalFile, LocalFiles } from '@main/ports/local-files';
import type {
  FoundProgram,
  Preparation,
  ProgramExit,
  ProgramStart,
  RunnerTarget,
} from '@main/ports/runner-target';
import type { DeviceConditions, DeviceFingerprint } from '@shared/model/device';
import { CONDITIONS_COMMANDS, readConditions } from './conditions';
import { FINGERPRINT_COMMANDS, readFingerprint } from './fingerprint';
import { prepareDevice } from './prepare';
import { readSections, sectionScript } from './sections';
import { DEVICE_FOLDER, DeviceStore } from './store';

const ASK_MS = 20_000;
const DISCARD_MS = 3000;
/** Prints the first of its arguments that is a program, and its hash. */
const FIND_SCRIPT = 'for f; do if [ -f "$f" ] && [ -x "$f" ]; then echo "$f"; sha256sum "$f"; exit; fi; done';

/** An Android device as a place to run the runner on. */
export class DeviceTarget implements RunnerTarget {
  readonly serial: string;
  readonly #connection: AdbConnection;
  readonly #store: DeviceStore;
  readonly #ledger: DeviceLedger;
  #fixedPerformance: boolean | undefined;
  #fingerprint: DeviceFingerprint | undefined;

  constructor(serial: string, connection: AdbConnection, files: LocalFiles, ledger: DeviceLedger) {
    this.serial = serial;
    this.#connection = connection;
    this.#store = new DeviceStore(connection, files);
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

  /** Whether it is held steady for measurements now. */
  get isHeld(): boolean {
    return this.#fixedPerformance !== undefined;
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

  put(file: LocalFile, signal?: AbortSignal, onSent?: (bytes: number) => void): Promise<string> {
    return this.#store.put(file, false, signal, onSent);
  }

  putProgram(file: LocalFile, signal?: AbortSignal): Promise<string> {
    return this.#store.put(file, true, signal);
  }

  async find(paths: readonly string[], signal?: AbortSignal): Promise<FoundProgram | undefined> {
    const { output } = await this.#connection.shell({
      command: ['sh', '-c', FIND_SCRIPT, 'sh', ...paths],
      timeoutMs: ASK_MS,
      signal,
    });
    const [path = '', hash = ''] = output.split('\n');
    const sha256 = /^[0-9a-f]{64}/.exec(hash)?.[0];
    return sha256 !== undefined && paths.includes(path.trim()) ? { path: path.trim(), sha256 } : undefined;
  }

  async execute(request: ProgramStart): Promise<ProgramExit> {
    const { exitStatus, errors } = await this.#connection.shell(request);
    return { exitStatus, errors };
  }

  scratch(name: string): string {
    return `${DEVICE_FOLDER}/out-${crypto.randomUUID()}-${name}`;
  }

  async take(path: string, limit: number, signal?: AbortSignal): Promise<Uint8Array> {
    const bytes = await this.#connection.pull(path, limit, signal);
    await this.discard(path);
    return bytes;
  }

  async discard(path: string): Promise<void> {
    await this.#connection.shell({ command: ['rm', '-f', path], timeoutMs: DISCARD_MS });
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

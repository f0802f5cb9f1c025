import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { access, constants, readFile } from 'node:fs/promises';
import { arch, cpus, freemem, loadavg, release, tmpdir, totalmem, type } from 'node:os';
import { join } from 'node:path';
import type { LocalFile, LocalFiles } from '@main/ports/local-files';
import type {
  FoundProgram,
  Preparation,
  ProgramExit,
  ProgramStart,
  RunnerTarget,
} from '@main/ports/runner-target';
import { AppError } from '@shared/error/app-error';
import type { DeviceConditions, DeviceFingerprint } from '@shared/model/device';
import { runChild } from '../node/child-process';
import { readClocks, readZones } from './linux-sensors';

/** This computer as a place to run the runner on. */
export class LocalTarget implements RunnerTarget {
  readonly serial = 'this-computer';
  readonly #files: LocalFiles;
  #scratchFolder: string | undefined;

  constructor(files: LocalFiles) {
    this.#files = files;
  }

  fingerprint(): Promise<DeviceFingerprint> {
    const [first] = cpus();
    return Promise.resolve({
      kind: 'this-computer',
      serial: this.serial,
      ...(first ? { soc: first.model.trim() } : {}),
      abis: [arch()],
      osVersion: `${type()} ${release()}`,
      ramBytes: totalmem(),
      clusters: [
        {
          cores: cpus().map((_, i) => i),
          ...(first && first.speed > 0 ? { maxKHz: first.speed * 1000 } : {}),
        },
      ],
    });
  }

  /** Nobody's computer is changed: others work on it. */
  prepare(): Promise<Preparation> {
    return Promise.resolve({ fixedPerformance: false, restore: () => Promise.resolve() });
  }

  conditions(): Promise<DeviceConditions> {
    const zonesC = readZones();
    const degrees = Object.values(zonesC);
    return Promise.resolve({
      load: loadavg()[0] ?? 0,
      freeRamBytes: freemem(),
      ...readClocks(),
      ...(degrees.length > 0 ? { zonesC, hottestC: Math.max(...degrees) } : {}),
    });
  }

  put(file: LocalFile): Promise<string> {
    return Promise.resolve(file.path);
  }

  putProgram(file: LocalFile): Promise<string> {
    return Promise.resolve(file.path);
  }

  async find(paths: readonly string[]): Promise<FoundProgram | undefined> {
    for (const path of paths) {
      const isProgram = await access(path, constants.X_OK).then(
        () => true,
        () => false,
      );
      if (isProgram) return { path, sha256: (await this.#files.identify(path)).sha256 };
    }
    return undefined;
  }

  async execute(request: ProgramStart): Promise<ProgramExit> {
    const [command = '', ...args] = request.command;
    const timeout = AbortSignal.timeout(request.timeoutMs);
    const exit = await runChild({
      command,
      args,
      onOutput: request.onOutput,
      silenceMs: request.silenceMs,
      signal: request.signal ? AbortSignal.any([request.signal, timeout]) : timeout,
    }).catch((error: unknown) => {
      if (!timeout.aborted || request.signal?.aborted) throw error;
      throw new AppError(
        'timeout',
        `The program took more than ${request.timeoutMs / 1000} s and was ended.`,
      );
    });
    return { exitStatus: exit.code ?? undefined, errors: exit.errors };
  }

  scratch(name: string): string {
    this.#scratchFolder ??= temporaryFolder();
    return join(this.#scratchFolder, `${crypto.randomUUID()}-${name}`);
  }

  async take(path: string, limit: number): Promise<Uint8Array> {
    if (statSync(path).size > limit)
      throw new AppError('runner.failed', `The program wrote more than expected to '${path}'.`);
    const bytes = await readFile(path);
    await this.discard(path);
    return bytes;
  }

  discard(path: string): Promise<void> {
    rmSync(path, { force: true });
    return Promise.resolve();
  }
}

/** A folder that is gone when this process ends. */
function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'edgebench-out-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

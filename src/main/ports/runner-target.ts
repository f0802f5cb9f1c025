import type { DeviceConditions, DeviceFingerprint } from '@shared/model/device';
import type { LocalFile } from './local-files';

export interface ProgramStart {
  /** A program on the target and its arguments; none is read by a shell. */
  readonly command: readonly string[];
  readonly onOutput: (bytes: Uint8Array) => void;
  readonly timeoutMs: number;
  /** Ended when it says nothing for so long. */
  readonly silenceMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** How a program ended, as far as the target can tell. */
export interface ProgramExit {
  readonly exitStatus: number | undefined;
  readonly errors: string;
}

/** A target made ready; `restore` puts it back, and rejects when the target cannot be asked. */
export interface Preparation {
  readonly fixedPerformance: boolean;
  restore(): Promise<void>;
}

/** A program that is on a target already. */
export interface FoundProgram {
  readonly path: string;
  readonly sha256: string;
}

/** A place where programs can be run: a device, or this computer. Rejects with AppErrors. */
export interface RunnerTarget {
  readonly serial: string;
  fingerprint(signal?: AbortSignal): Promise<DeviceFingerprint>;
  /** Holds clocks and screen steady as far as the target lets us. */
  prepare(signal?: AbortSignal): Promise<Preparation>;
  conditions(signal?: AbortSignal): Promise<DeviceConditions>;
  /** Puts a file there, by content, if it is not yet; its path on the target. */
  put(file: LocalFile, signal?: AbortSignal, onSent?: (bytes: number) => void): Promise<string>;
  /** The same, for a file that is to be run. */
  putProgram(file: LocalFile, signal?: AbortSignal): Promise<string>;
  /** The first of these paths that is a program there. */
  find(paths: readonly string[], signal?: AbortSignal): Promise<FoundProgram | undefined>;
  execute(request: ProgramStart): Promise<ProgramExit>;
  /** A path for a file that a program is to write. */
  scratch(name: string): string;
  /** The bytes of such a file, which is removed there. */
  take(path: string, limit: number, signal?: AbortSignal): Promise<Uint8Array>;
  /** Removes such a file, if it is there. */
  discard(path: string): Promise<void>;
}

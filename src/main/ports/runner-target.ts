import type { DeviceConditions, DeviceFingerprint } from '@shared/model/device';
import type { LocalFile } from './local-files';

/** What of ours is on a target, for a run's provenance. */
export interface RunnerInstall {
  readonly runnerHash: string;
  readonly abi: string;
  /** "A": an executable of the target's own kind. */
  readonly startWay: string;
}

export interface RunnerStart {
  readonly mode: 'bench' | 'memory' | 'profile' | 'run';
  /** The runner's options by name; the library is the target's own. */
  readonly options: Readonly<Record<string, string | number | undefined>>;
  readonly onOutput: (bytes: Uint8Array) => void;
  readonly timeoutMs: number;
  readonly silenceMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** How the runner's process ended, as far as the target can tell; only the runner's "end" line proves that it came to its end. */
export interface RunnerExit {
  readonly exitStatus: number | undefined;
  readonly errors: string;
}

/** A target made ready; `restore` puts it back, and rejects when the target cannot be asked. */
export interface Preparation {
  readonly fixedPerformance: boolean;
  restore(): Promise<void>;
}

/** A place where the runner can be started: a device, or this computer. Rejects with AppErrors. */
export interface RunnerTarget {
  readonly serial: string;
  fingerprint(signal?: AbortSignal): Promise<DeviceFingerprint>;
  /** Holds clocks and screen steady as far as the target lets us. */
  prepare(signal?: AbortSignal): Promise<Preparation>;
  conditions(signal?: AbortSignal): Promise<DeviceConditions>;
  /** Puts the runner and its library there, if they are not yet. */
  install(signal?: AbortSignal): Promise<RunnerInstall>;
  /** Puts a file there, by content, if it is not yet; its path on the target. */
  put(file: LocalFile, signal?: AbortSignal, onSent?: (bytes: number) => void): Promise<string>;
  start(request: RunnerStart): Promise<RunnerExit>;
  /** A path for a file that the runner is to write. */
  scratch(name: string): string;
  take(path: string, limit: number, signal?: AbortSignal): Promise<Uint8Array>;
}

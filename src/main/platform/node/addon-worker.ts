import { createRequire } from 'node:module';
import type { WorkerKind, WorkerLauncher } from '@main/ports/worker';
import { callWorker } from './worker-call';

const TIMEOUT_MS = 600_000;

/** A native addon that works in a process of its own for each request. */
export interface Addon {
  readonly kind: WorkerKind;
  /** What the user calls it, for messages: "TensorFlow". */
  readonly title: string;
  /** The file that is there when it has been built, as a package's own file. */
  readonly file: string;
  /** What is said when it is not. */
  readonly missing: string;
}

export class AddonWorker {
  readonly #launcher: WorkerLauncher;
  readonly #appRoot: string;
  readonly #addon: Addon;

  constructor(launcher: WorkerLauncher, appRoot: string, addon: Addon) {
    this.#launcher = launcher;
    this.#appRoot = appRoot;
    this.#addon = addon;
  }

  /** Why it cannot be used, or undefined when it can. */
  unavailable(): Promise<string | undefined> {
    const require = createRequire(`${this.#appRoot}/package.json`);
    try {
      require.resolve(this.#addon.file);
      return Promise.resolve(undefined);
    } catch {
      return Promise.resolve(this.#addon.missing);
    }
  }

  /** Rejects as `callWorker` does. */
  call(request: unknown, signal: AbortSignal | undefined): Promise<unknown> {
    const { kind, title } = this.#addon;
    return callWorker(this.#launcher, { kind, request, title, timeoutMs: TIMEOUT_MS, signal });
  }
}

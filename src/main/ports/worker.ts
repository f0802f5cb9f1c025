/** Kinds of work that run in processes (or threads) of their own; src/main/worker.ts knows what each does. */
export const WORKER_KINDS = [
  'tflite-node',
  'tfjs-node',
  'convert',
  'cloud-server',
  'network',
  'cloud-load',
  'fingerprint',
] as const;
export type WorkerKind = (typeof WORKER_KINDS)[number];

/** One worker process. Messages are structured clones. */
export interface WorkerHandle {
  post(message: unknown): void;
  /** Ends the process at once. */
  kill(): void;
}

export interface WorkerEvents {
  message(message: unknown): void;
  /** The process is gone: exit status or null, the signal's name or null, and the last of what it wrote to standard error. */
  exit(code: number | null, signalName: string | null, errors: string): void;
}

/** Starts worker processes; one adapter forks Node, another uses Electron's utility processes. */
export interface WorkerLauncher {
  start(kind: WorkerKind, events: WorkerEvents): WorkerHandle;
}

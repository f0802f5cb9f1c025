import { createRequire } from 'node:module';
import type { OriginalRunRequest, OriginalRunResult, OriginalRuntime } from '@main/ports/original-runtime';
import type { WorkerLauncher } from '@main/ports/worker';
import { callWorker } from '../node/worker-call';
import type { OriginalRequest } from './request';

const TIMEOUT_MS = 600_000;

/** Originals through TensorFlow as tfjs-node carries it, in a worker process for each request. */
export class TfjsNodeRuntime implements OriginalRuntime {
  readonly #launcher: WorkerLauncher;
  readonly #appRoot: string;

  constructor(launcher: WorkerLauncher, appRoot: string) {
    this.#launcher = launcher;
    this.#appRoot = appRoot;
  }

  unavailable(): Promise<string | undefined> {
    const require = createRequire(`${this.#appRoot}/package.json`);
    try {
      require.resolve('@tensorflow/tfjs-node/lib/napi-v8/tfjs_binding.node');
      return Promise.resolve(undefined);
    } catch {
      return Promise.resolve('TensorFlow (tfjs-node) is not built: run the set-up.');
    }
  }

  async run(request: OriginalRunRequest, signal?: AbortSignal): Promise<OriginalRunResult> {
    const asked: OriginalRequest = { ...request };
    const result = await callWorker(this.#launcher, {
      kind: 'tfjs-node',
      request: asked,
      title: 'TensorFlow',
      timeoutMs: TIMEOUT_MS,
      signal,
    });
    return result as OriginalRunResult;
  }
}

import type { OriginalRunRequest, OriginalRunResult, OriginalRuntime } from '@main/ports/original-runtime';
import type { WorkerLauncher } from '@main/ports/worker';
import { AddonWorker } from '../node/addon-worker';
import type { OriginalRequest } from './request';

/** Originals through TensorFlow as tfjs-node carries it, in a worker process for each request. */
export class TfjsNodeRuntime implements OriginalRuntime {
  readonly #worker: AddonWorker;

  constructor(launcher: WorkerLauncher, appRoot: string) {
    this.#worker = new AddonWorker(launcher, appRoot, {
      kind: 'tfjs-node',
      title: 'TensorFlow',
      file: '@tensorflow/tfjs-node/lib/napi-v8/tfjs_binding.node',
      missing: 'TensorFlow (tfjs-node) is not built: run the set-up.',
    });
  }

  unavailable(): Promise<string | undefined> {
    return this.#worker.unavailable();
  }

  async run(request: OriginalRunRequest, signal?: AbortSignal): Promise<OriginalRunResult> {
    const asked: OriginalRequest = { ...request };
    return (await this.#worker.call(asked, signal)) as OriginalRunResult;
  }
}

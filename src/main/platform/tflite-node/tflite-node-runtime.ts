import { createRequire } from 'node:module';
import type { TfliteRunRequest, TfliteRunResult, TfliteRuntime } from '@main/ports/tflite-runtime';
import type { WorkerLauncher } from '@main/ports/worker';
import type { NamedTensors } from '@shared/model/tensor';
import { xnnpackPlugin } from '../node/native-parts';
import { callWorker } from '../node/worker-call';
import type { TfliteNodeRequest } from './request';

const TIMEOUT_MS = 600_000;

/** TFLite 2.9 through tfjs-tflite-node, in a worker process for each request. */
export class TfliteNodeRuntime implements TfliteRuntime {
  readonly id = 'tflite-2.9';
  readonly #launcher: WorkerLauncher;
  readonly #appRoot: string;

  constructor(launcher: WorkerLauncher, appRoot: string) {
    this.#launcher = launcher;
    this.#appRoot = appRoot;
  }

  unavailable(): Promise<string | undefined> {
    const require = createRequire(`${this.#appRoot}/package.json`);
    try {
      require.resolve('tfjs-tflite-node/build/Release/node_tflite_binding.node');
      return Promise.resolve(undefined);
    } catch {
      return Promise.resolve(
        'tfjs-tflite-node (TFLite 2.9) is not built: run the set-up, which needs a C++ compiler.',
      );
    }
  }

  /** XNNPACK is used where set-up has built its plug-in, else the built-in kernels, which are slower but as right. */
  async run(request: TfliteRunRequest, signal?: AbortSignal): Promise<TfliteRunResult> {
    const plugin = xnnpackPlugin();
    const asked: TfliteNodeRequest = {
      modelPath: request.modelPath,
      signature: request.signature,
      inputs: request.inputs,
      threads: request.threads ?? 1,
      xnnpackPlugin: (request.xnnpack ?? true) && plugin.found ? plugin.path : undefined,
    };
    const outputs = await callWorker(this.#launcher, {
      kind: 'tflite-node',
      request: asked,
      title: 'TFLite 2.9',
      timeoutMs: TIMEOUT_MS,
      signal,
    });
    return { runtimeVersion: '2.9.0', outputs: outputs as NamedTensors };
  }
}

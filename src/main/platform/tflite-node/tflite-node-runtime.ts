import type { TfliteRunRequest, TfliteRunResult, TfliteRuntime } from '@main/ports/tflite-runtime';
import type { WorkerLauncher } from '@main/ports/worker';
import type { NamedTensors } from '@shared/model/tensor';
import { AddonWorker } from '../node/addon-worker';
import { xnnpackPlugin } from '../node/native-parts';
import type { TfliteNodeRequest } from './request';

/** TFLite 2.9 through tfjs-tflite-node, in a worker process for each request. */
export class TfliteNodeRuntime implements TfliteRuntime {
  readonly id = 'tflite-2.9';
  readonly #worker: AddonWorker;

  constructor(launcher: WorkerLauncher, appRoot: string) {
    this.#worker = new AddonWorker(launcher, appRoot, {
      kind: 'tflite-node',
      title: 'TFLite 2.9',
      file: 'tfjs-tflite-node/build/Release/node_tflite_binding.node',
      missing: 'tfjs-tflite-node (TFLite 2.9) is not built: run the set-up, which needs a C++ compiler.',
    });
  }

  unavailable(): Promise<string | undefined> {
    return this.#worker.unavailable();
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
    const outputs = await this.#worker.call(asked, signal);
    return { runtimeVersion: '2.9.0', outputs: outputs as NamedTensors };
  }
}

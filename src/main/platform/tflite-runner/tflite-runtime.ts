import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TfliteRunRequest, TfliteRunResult, TfliteRuntime } from '@main/ports/tflite-runtime';
import { AppError } from '@shared/error/app-error';
import type { Tensor } from '@shared/model/tensor';
import { decodeTensors, stackSamples } from '@shared/runner/tensor-stream';
import { runRunner } from './runner-process';
import { encodeSamples, sampleCount } from './samples';
import type { RunnerParts } from './parts';

/** TensorFlow Lite 2.21 through our runner, one process for each request. */
export class TfliteRunnerRuntime implements TfliteRuntime {
  readonly id = 'tflite-2.21';
  readonly #parts: RunnerParts;

  constructor(parts: RunnerParts) {
    this.#parts = parts;
  }

  unavailable(): Promise<string | undefined> {
    return Promise.resolve(this.#parts.unavailable());
  }

  async run(request: TfliteRunRequest, signal?: AbortSignal): Promise<TfliteRunResult> {
    const files = this.#parts.files();
    const samples = sampleCount(request.inputs);
    const folder = await mkdtemp(join(tmpdir(), 'edgebench-run-'));
    const outputs = join(folder, 'outputs');
    let runtimeVersion = '';
    try {
      await runRunner({
        ...files,
        mode: 'run',
        modelPath: request.modelPath,
        options: {
          inputs: '-',
          outputs,
          threads: request.threads ?? 1,
          delegate: (request.xnnpack ?? true) ? 'xnnpack' : 'none',
          signature: request.signature,
        },
        input: encodeSamples(request.inputs),
        onEvent: (event) => {
          if (event.ev === 'library') runtimeVersion = event.version;
        },
        signal,
      });
      return { runtimeVersion, outputs: collect(await readFile(outputs), samples) };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
}

/** Outputs of all samples, stacked by name. */
function collect(bytes: Uint8Array, samples: number): Record<string, Tensor> {
  const byName = new Map<string, Tensor[]>();
  try {
    for (const { name, tensor } of decodeTensors(bytes)) {
      const list = byName.get(name) ?? [];
      list.push(tensor);
      byName.set(name, list);
    }
    return Object.fromEntries(
      [...byName].map(([name, list]) => {
        if (list.length !== samples) throw new Error(`output '${name}' came ${list.length} times`);
        return [name, stackSamples(name, list)];
      }),
    );
  } catch (cause) {
    throw new AppError('runtime.failed', `The runtime's outputs cannot be used: ${String(cause)}.`, {
      cause,
    });
  }
}

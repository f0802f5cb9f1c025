import { AppError, isAppError } from '@shared/error/app-error';
import type { SourceFormat } from '@shared/model/source-format';
import type { Tensor } from '@shared/model/tensor';
import { sampleOf, stackSamples } from '@shared/runner/tensor-stream';
import type { OriginalRunResult } from '@main/ports/original-runtime';
import { frameworkTitle, loadTensorFlow, type Tf } from './backend';
import type { LoadedModel } from './loaded-model';
import type { OriginalRequest } from './request';
import { loadSavedModel } from './saved-model';
import { loadGraphModel, loadLayersModel } from './tfjs-model';

type Load = (tf: Tf, path: string, signature: string | undefined) => Promise<LoadedModel>;

const refuse =
  (title: string): Load =>
  () =>
    Promise.reject(
      new AppError(
        'model.unsupported',
        `${title} are not run in their own framework here: validate against a SavedModel or TF.js export of the same model.`,
      ),
    );

const LOADERS: Record<SourceFormat, Load> = {
  'saved-model': loadSavedModel,
  'tfjs-graph': loadGraphModel,
  'tfjs-layers': loadLayersModel,
  'keras-v3': refuse('Keras archives'),
  'keras-h5': refuse('Keras HDF5 files'),
  tflite: refuse('TFLite files'),
};

/** Loads an original model to be run again and again, in this process. */
export async function loadOriginal(request: {
  readonly modelPath: string;
  readonly format: SourceFormat;
  readonly signature: { readonly key: string };
}): Promise<LoadedModel & { readonly framework: string }> {
  const tf = await loadTensorFlow();
  await tf.ready();
  const model = await LOADERS[request.format](tf, request.modelPath, request.signature.key);
  return { framework: frameworkTitle(tf), run: (sample) => model.run(sample) };
}

/** Runs an original model over samples, in this process. */
export async function runOriginal(message: unknown): Promise<OriginalRunResult> {
  const request = message as OriginalRequest;
  const tf = await loadTensorFlow();
  await tf.ready();
  try {
    const model = await LOADERS[request.format](tf, request.modelPath, request.signature);
    const samples = Object.values(request.inputs)[0]?.shape[0] ?? 1;
    const outputs = new Map<string, Tensor[]>();
    for (let i = 0; i < samples; i++) {
      const sample = Object.fromEntries(
        Object.entries(request.inputs).map(([name, tensor]) => [name, sampleOf(tensor, i)]),
      );
      for (const [name, tensor] of Object.entries(await model.run(sample))) {
        const list = outputs.get(name);
        if (list) list.push(tensor);
        else outputs.set(name, [tensor]);
      }
    }
    return {
      framework: frameworkTitle(tf),
      outputs: Object.fromEntries([...outputs].map(([name, list]) => [name, stackSamples(name, list)])),
    };
  } catch (cause) {
    if (isAppError(cause)) throw cause;
    const said = String(cause instanceof Error ? cause.message : cause)
      .replace(/\s+/g, ' ')
      .slice(0, 800);
    throw new AppError('runtime.failed', `TensorFlow does not run '${request.modelPath}': ${said}`, {
      cause,
    });
  }
}

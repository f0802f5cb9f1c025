import { AppError, isAppError } from '@shared/error/app-error';
import type { SourceFormat } from '@shared/model/source-format';
import type { Tensor } from '@shared/model/tensor';
import { sampleOf, stackSamples } from '@shared/runner/tensor-stream';
import type { OriginalRunResult, WriteReading } from '@main/ports/original-runtime';
import { frameworkTitle, loadTensorFlow, type Tf } from './backend';
import type { LoadedModel } from './loaded-model';
import { loadReading } from './reading';
import type { LoadRequest, OriginalRequest } from './request';
import { loadSavedModel } from './saved-model';
import { loadGraphModel, loadLayersModel } from './tfjs-model';

interface Loader {
  load(tf: Tf, request: LoadRequest, write: WriteReading): Promise<LoadedModel>;
  /** What is said of the framework when it does not read the file itself. */
  readonly reading?: string;
}

/** TensorFlow reads these formats itself; of Keras's files it is given our reading, which is said wherever it is named. */
const LOADERS: Record<SourceFormat, Loader> = {
  'saved-model': { load: (tf, { modelPath, signature }) => loadSavedModel(tf, modelPath, signature) },
  'frozen-graph': { load: loadReading, reading: 'frozen graph' },
  'tfjs-graph': { load: (tf, { modelPath }) => loadGraphModel(tf, modelPath) },
  'tfjs-layers': { load: (tf, { modelPath }) => loadLayersModel(tf, modelPath) },
  'keras-v3': { load: loadReading, reading: 'Keras file' },
  'keras-h5': { load: loadReading, reading: 'Keras file' },
  tflite: {
    load: () =>
      Promise.reject(new AppError('model.unsupported', 'TensorFlow does not run TensorFlow Lite files.')),
  },
};

interface Loaded extends LoadedModel {
  readonly framework: string;
  readonly reading: boolean;
}

async function load(request: LoadRequest, write: WriteReading): Promise<Loaded> {
  const tf = await loadTensorFlow();
  await tf.ready();
  const loader = LOADERS[request.format];
  const model = await loader.load(tf, request, write);
  const title = frameworkTitle(tf);
  return {
    reading: loader.reading !== undefined,
    framework:
      loader.reading === undefined ? title : `our reading of the ${loader.reading}, executed by ${title}`,
    run: (sample) => model.run(sample),
  };
}

/** Loads an original model to be run again and again, in this process. */
export const loadOriginal = (
  request: Omit<LoadRequest, 'signature'> & { readonly signature: { readonly key: string } },
  write: WriteReading,
): Promise<Loaded> => load({ ...request, signature: request.signature.key }, write);

/** Runs an original model over samples, in this process. */
export async function runOriginal(message: unknown, write: WriteReading): Promise<OriginalRunResult> {
  const request = message as OriginalRequest;
  try {
    const model = await load(request, write);
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
      framework: model.framework,
      reading: model.reading,
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

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
import { withFallback, type FallingBack } from './with-fallback';

type Load = (
  tf: Tf,
  request: LoadRequest,
  write: WriteReading,
) => Promise<LoadedModel & Partial<FallingBack>>;

/** TF.js runs models of layers itself, but lacks some layers and settings that it exports: then our reading is run. */
const layersOrReading: Load = (tf, request, write) =>
  withFallback(
    () => loadLayersModel(tf, request.modelPath),
    () => loadReading(tf, request, write),
  );

const LOADERS: Record<SourceFormat, Load> = {
  'saved-model': (tf, { modelPath, signature }) => loadSavedModel(tf, modelPath, signature),
  'frozen-graph': loadReading,
  'tfjs-graph': (tf, { modelPath }) => loadGraphModel(tf, modelPath),
  'tfjs-layers': layersOrReading,
  'keras-v3': loadReading,
  'keras-h5': loadReading,
  tflite: () =>
    Promise.reject(new AppError('model.unsupported', 'TensorFlow does not run TensorFlow Lite files.')),
};

/** Formats that TensorFlow does not read by itself; it is said wherever it is named, as a misreading would not show. */
const READ_BY_US: Partial<Record<SourceFormat, string>> = {
  'frozen-graph': 'frozen graph',
  'keras-v3': 'Keras file',
  'keras-h5': 'Keras file',
};

interface Loaded extends LoadedModel {
  /** As it is after what has been run so far. */
  readonly framework: string;
  readonly reading: boolean;
}

async function load(request: LoadRequest, write: WriteReading): Promise<Loaded> {
  const tf = await loadTensorFlow();
  await tf.ready();
  const model = await LOADERS[request.format](tf, request, write);
  const title = frameworkTitle(tf);
  const readByUs = READ_BY_US[request.format];
  return {
    get reading() {
      return readByUs !== undefined || model.failed?.() !== undefined;
    },
    get framework() {
      if (readByUs !== undefined) return `our reading of the ${readByUs}, executed by ${title}`;
      const why = model.failed?.();
      return why === undefined
        ? title
        : `our reading of the TensorFlow.js file, executed by ${title}, as TensorFlow.js itself does not run it (${why})`;
    },
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

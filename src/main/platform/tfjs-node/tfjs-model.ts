import type { NamedTensors } from '@shared/model/tensor';
import { AppError } from '@shared/error/app-error';
import { fromTf, toTf, type Tf, type TfTensor } from './backend';
import type { LoadedModel } from './loaded-model';
import { readTfjsArtifacts } from './tfjs-files';

interface GraphSignature {
  readonly inputs?: Readonly<Record<string, { name: string }>>;
  readonly outputs?: Readonly<Record<string, { name: string; dtype?: string }>>;
}

/** A TF.js graph model: inputs and outputs by its signature's names, or by its nodes' where it has none. */
export async function loadGraphModel(tf: Tf, path: string): Promise<LoadedModel> {
  const model = await tf.loadGraphModel(tf.io.fromMemory(await readTfjsArtifacts(path)));
  const signature = (model.modelSignature ?? {}) as GraphSignature;
  const outputs = Object.entries(
    signature.outputs ?? Object.fromEntries(model.outputs.map(({ name }) => [name, { name }])),
  );
  return {
    async run(sample) {
      const inputs = tensorsOf(tf, sample);
      const result = await model.executeAsync(
        inputs,
        outputs.map(([, info]) => info.name),
      );
      const tensors = Array.isArray(result) ? result : [result];
      const named = outputs.map(
        ([key, { name }], i) => [plainName(key, name), fromTf(tensors[i] as TfTensor)] as const,
      );
      tf.dispose([inputs, tensors]);
      return Object.fromEntries(named);
    },
  };
}

/** TF.js's converter names an output that has lost its name after its tensor, "Identity:0"; that is the node's output 0. */
const plainName = (key: string, tensor: string): string => (key === tensor ? key.replace(/:0$/, '') : key);

/** A TF.js layers model: inputs by their layers' names, outputs as `output_0`, `output_1` and so on. */
export async function loadLayersModel(tf: Tf, path: string): Promise<LoadedModel> {
  const model = await tf.loadLayersModel(tf.io.fromMemory(await readTfjsArtifacts(path)));
  return {
    run(sample) {
      const inputs = tensorsOf(tf, sample);
      const ordered = model.inputNames.map((name) => {
        const tensor = inputs[name] ?? (model.inputNames.length === 1 ? Object.values(inputs)[0] : undefined);
        if (!tensor) throw new AppError('data.invalid', `The model's input '${name}' is not among the data.`);
        return tensor;
      });
      const result = model.predict(ordered);
      const tensors = Array.isArray(result) ? result : [result];
      const named = tensors.map((tensor, i) => [`output_${i}`, fromTf(tensor)] as const);
      tf.dispose([inputs, tensors]);
      return Promise.resolve(Object.fromEntries(named));
    },
  };
}

const tensorsOf = (tf: Tf, sample: NamedTensors): Record<string, TfTensor> =>
  Object.fromEntries(Object.entries(sample).map(([name, tensor]) => [name, toTf(tf, name, tensor)]));

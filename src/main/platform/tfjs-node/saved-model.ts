import { AppError } from '@shared/error/app-error';
import type { DType } from '@shared/model/dtype';
import { fromTf, toTf, type Tf, type TfTensor } from './backend';
import type { LoadedModel } from './loaded-model';

/** tensorflow/core/framework/types.proto, where tfjs-node's own dtype says less. */
const WIDER: Readonly<Record<string, DType>> = { DT_INT64: 'int64', DT_UINT8: 'uint8' };
const PREFERRED = ['serving_default', 'serve'];

export type Predict = (inputs: Record<string, TfTensor>) => Record<string, TfTensor>;

/** One signature of a SavedModel in memory; tensors go by the signature's keys. */
export async function loadSignature(
  tf: Tf,
  folder: string,
  tags: string[],
  signature: string,
): Promise<Predict> {
  const model = await tf.node.loadSavedModel(folder, tags, signature);
  return (inputs) => model.predict(inputs) as Record<string, TfTensor>;
}

/** Loads a SavedModel with the signature asked for, or serving_default, or its only one. */
export async function loadSavedModel(
  tf: Tf,
  folder: string,
  asked: string | undefined,
): Promise<LoadedModel> {
  const graphs = await tf.node.getMetaGraphsFromSavedModel(folder);
  const graph = graphs.find((one) => one.tags.includes('serve')) ?? graphs[0];
  const keys = Object.keys(graph?.signatureDefs ?? {});
  const key = asked ?? PREFERRED.find((name) => keys.includes(name)) ?? keys[0];
  const signature = key === undefined ? undefined : graph?.signatureDefs[key];
  if (!graph || key === undefined || !signature)
    throw new AppError(
      'model.unsupported',
      `'${folder}' has no signature '${asked ?? 'serving_default'}'; it has ${keys.join(', ') || 'none'}.`,
    );
  const predict = await loadSignature(tf, folder, graph.tags, key);
  return {
    async run(sample) {
      const inputs = Object.fromEntries(
        Object.entries(sample).map(([name, tensor]) => [name, toTf(tf, name, tensor)]),
      );
      const outputs = predict(inputs);
      const result = Object.fromEntries(
        Object.entries(outputs).map(([name, tensor]) => [
          name,
          fromTf(tensor, WIDER[tfDtypeOf(signature.outputs[name])]),
        ]),
      );
      tf.dispose([inputs, outputs]);
      return result;
    },
  };
}

const tfDtypeOf = (info: unknown): string => (info as { tfDtype?: string } | undefined)?.tfDtype ?? '';

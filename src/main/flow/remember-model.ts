import { resolve } from 'node:path';
import type { ModelInfo } from '@shared/model/model';
import type { Signature } from '@shared/model/tensor';
import type { MadeVariants } from './make-variants';
import type { FlowTools } from './tools';

/** Puts a model that was read into the list; one that is there keeps its name and the day it was added. */
export async function rememberModel(path: string, made: MadeVariants, tools: FlowTools): Promise<ModelInfo> {
  const known = await tools.store.models.get(made.modelId);
  const model: ModelInfo = {
    id: made.modelId,
    name: known?.name ?? made.modelName,
    path: resolve(path),
    format: made.format,
    bytes: made.modelBytes,
    signatures: plainSignatures(made.signatures),
    defaultSignature: made.signatures[0]?.key ?? 'serving_default',
    addedAt: known?.addedAt ?? new Date().toISOString(),
  };
  await tools.store.models.put(model.id, model);
  return model;
}

/** Signatures as documents hold them. */
export const plainSignatures = (signatures: readonly Signature[]): ModelInfo['signatures'] =>
  signatures.map(({ key, inputs, outputs }) => {
    const plain = (ports: Signature['inputs']) =>
      ports.map(({ name, dtype, shape }) => ({ name, dtype, shape: [...shape] }));
    return { key, inputs: plain(inputs), outputs: plain(outputs) };
  });

import { resolve } from 'node:path';
import type { ModelInfo } from '@shared/model/model';
import { convertModel, fingerprintModel } from '../services/convert';
import { signatureSpec } from './make-variants';
import { modelName } from './model-name';
import type { FlowTools } from './tools';

/** Reads a model, says what it is, and puts it into the list. Fails as convertModel does, with every unsupported operator. */
export async function inspectModel(path: string, tools: FlowTools): Promise<ModelInfo> {
  const opened = await convertModel({ path }, tools.files);
  try {
    const { hash, bytes } = fingerprintModel(path, tools.files);
    const known = await tools.store.models.get(hash);
    const signatures = opened.model.signatures.map((signature) => {
      const { key, inputs, outputs } = signatureSpec(signature);
      const plain = (ports: typeof inputs) => ports.map((port) => ({ ...port, shape: [...port.shape] }));
      return { key, inputs: plain(inputs), outputs: plain(outputs) };
    });
    const model: ModelInfo = {
      id: hash,
      name: known?.name ?? modelName(path),
      path: resolve(path),
      format: opened.format,
      bytes,
      signatures,
      defaultSignature: signatures[0]?.key ?? 'serving_default',
      addedAt: known?.addedAt ?? new Date().toISOString(),
    };
    await tools.store.models.put(hash, model);
    return model;
  } finally {
    opened.close();
  }
}

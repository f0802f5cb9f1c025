import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WriteReading } from '@main/ports/original-runtime';
import { fromTf, toTf, type Tf } from './backend';
import type { LoadedModel } from './loaded-model';
import type { LoadRequest } from './request';
import { loadSignature } from './saved-model';

/**
 * A model that TensorFlow does not read by itself (Keras's files): our reading of it, written as a SavedModel in a folder that is gone when
 * it is loaded.
 */
export async function loadReading(tf: Tf, request: LoadRequest, write: WriteReading): Promise<LoadedModel> {
  const folder = mkdtempSync(join(tmpdir(), 'edgebench-original-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);
  try {
    const written = await write(request.modelPath, request.signature, folder);
    const predict = await loadSignature(tf, folder, ['serve'], written.signature);
    return {
      run(sample) {
        const inputs = Object.fromEntries(
          written.inputs.flatMap(({ key, name }) => {
            const tensor = sample[name];
            return tensor ? [[key, toTf(tf, name, tensor)]] : [];
          }),
        );
        const outputs = predict(inputs);
        const named = written.outputs.flatMap(({ key, name, dtype }) => {
          const tensor = outputs[key];
          return tensor ? [[name, fromTf(tensor, dtype)] as const] : [];
        });
        tf.dispose([inputs, outputs]);
        return Promise.resolve(Object.fromEntries(named));
      },
    };
  } finally {
    remove();
    process.removeListener('exit', remove);
  }
}

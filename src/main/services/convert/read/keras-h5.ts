import type { ModelFiles } from '@main/ports/model-files';
import { AppError } from '@shared/error/app-error';
import type { SourceGraph, SourceTensor } from '../source';
import { type ByteSource, fileSource } from './byte-source';
import { type Dataset, type Hdf5Group, openHdf5 } from './hdf5';
import { fieldOf, isJsonObject, parseModelJson, type Json } from './json';
import { versionOf } from './keras/version';
import type { KerasModel } from './keras/model';
import { parseRoot } from './keras/parse-root';
import { checkedTensor } from './keras/stored-tensor';
import { inStoredOrder, slotsOf, WeightMap, type LayerWeights } from './keras/weights';
import { writeModel } from './keras/write-model';

/**
 * Reads a whole model in HDF5 as Keras 1, 2 and 3 write it: attribute `model_config`, weights in a group per layer. Weights are
 * read when they are asked for.
 */
export function readKerasH5(path: string, files: ModelFiles): SourceGraph {
  const source = fileSource(files.open(path), files.name(path));
  try {
    return readKerasHdf5(source);
  } catch (error) {
    source.close();
    throw error;
  }
}

/** Same from an open source, which the graph closes. */
export function readKerasHdf5(source: ByteSource): SourceGraph {
  const root = openHdf5(source);
  const config = modelConfig(root, source.name);
  const model = parseRoot(config, source.name);
  const version = versionOf(root.texts('keras_version')?.[0] ?? fieldOf(config, 'keras_version'));
  const group = root.group('model_weights') ?? root;
  const weights = readH5Weights(model, group);
  const notes = root.has('optimizer_weights') ? ['The state of the optimizer was left out.'] : [];
  return writeModel(model, { format: 'keras-h5', version, weights, notes, close: () => source.close() });
}

function modelConfig(root: Hdf5Group, name: string): Json {
  const text = root.texts('model_config')?.[0];
  if (text === undefined) {
    const onlyWeights = root.textList('layer_names') !== undefined || root.has('layers');
    throw new AppError(
      'model.unreadable',
      onlyWeights
        ? `'${name}' holds only weights, not the model; save the whole model with model.save().`
        : `'${name}' is an HDF5 file, but no Keras model (it has no model_config); save the whole model with model.save().`,
    );
  }
  const json = parseModelJson(new TextEncoder().encode(text), `The configuration in '${name}'`);
  return isJsonObject(json) ? json : {};
}

/** Each layer's group lists its variables in `weight_names`, trainable ones first, those of inner layers among them. */
function readH5Weights(model: KerasModel, group: Hdf5Group): LayerWeights {
  const map = new WeightMap();
  for (const layer of model.layers) {
    const slots = inStoredOrder(slotsOf(layer));
    if (slots.length === 0) continue;
    const own = group.group(layer.name);
    const names = own?.textList('weight_names') ?? [];
    const tensors = names.map((name) => tensorOf(own?.dataset(name), `${layer.name}/${name}`));
    if (tensors.length < slots.length)
      throw new AppError(
        'model.unreadable',
        `The layer '${layer.name}' needs ${slots.length} variables, but the file has ${tensors.length} for it; save the model again.`,
      );
    slots.forEach((slot, i) => map.set(slot, tensors[i] as SourceTensor));
  }
  return map.all;
}

function tensorOf(dataset: Dataset | undefined, what: string): SourceTensor {
  if (dataset) return checkedTensor(dataset, what);
  throw new AppError(
    'model.unreadable',
    `The variable '${what}' is missing in the file; save the model again.`,
  );
}

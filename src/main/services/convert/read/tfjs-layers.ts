import type { ModelFiles } from '@main/ports/model-files';
import { AppError } from '@shared/error/app-error';
import type { SourceGraph, SourceTensor } from '../source';
import { fieldOf, parseModelJson } from './json';
import type { KerasLayer, KerasModel } from './keras/model';
import { parseRoot } from './keras/parse-root';
import { checkedTensor } from './keras/stored-tensor';
import { versionOf } from './keras/version';
import { inStoredOrder, slotsOf, WeightMap, type LayerWeights, type WeightSlot } from './keras/weights';
import { writeModel } from './keras/write-model';
import { readTfjsWeights } from './tfjs-weights';

/** Reads a TensorFlow.js layers model: the Keras configuration in model.json, weights from the shards beside it. */
export function readTfjsLayers(path: string, files: ModelFiles): SourceGraph {
  const file = files.open(path);
  let bytes: Uint8Array;
  try {
    bytes = file.read(0, Math.min(file.size, 2 ** 28 + 1));
  } finally {
    file.close();
  }
  const name = files.name(path);
  const json = parseModelJson(bytes, `'${name}'`);
  const topology = fieldOf(json, 'modelTopology');
  const model = parseRoot(fieldOf(topology, 'model_config') ?? topology ?? {}, name);
  const stored = readTfjsWeights(fieldOf(json, 'weightsManifest'), files.parent(path), files);
  try {
    const weights = assign(model, stored.tensors);
    const version = versionOf(fieldOf(topology, 'keras_version') ?? '2');
    return writeModel(model, { format: 'tfjs-layers', version, weights, notes: [], close: stored.close });
  } catch (error) {
    stored.close();
    throw error;
  }
}

type Stored = ReadonlyMap<string, SourceTensor>;

/**
 * Weights are found by their names: 'layer/kernel', 'layer/cell/kernel', 'model/layer/kernel'. Those of one layer come in
 * the order in which Keras lists its variables.
 */
function assign(model: KerasModel, stored: Stored): LayerWeights {
  const map = new WeightMap();
  for (const layer of model.layers) assignLayer(layer, stored, map);
  return map.all;
}

function assignLayer(layer: KerasLayer, stored: Stored, map: WeightMap): void {
  if (layer.model) {
    for (const child of layer.model.layers) assignLayer(child, stored, map);
    return;
  }
  const slots = inStoredOrder(slotsOf(layer));
  if (slots.length === 0) return;
  const own = weightsOf(layer.name, slots.length, stored);
  if (own) {
    slots.forEach((slot, i) => setSlot(map, slot, own[i] as SourceTensor));
    return;
  }
  if (layer.inner.size === 0) throw missing(layer, slots.length);
  for (const inner of layer.inner.values()) assignLayer(inner, stored, map);
}

/**
 * The weights right below the layer's name (which may hold slashes itself), or somewhere below it where that begins their
 * path, or is a part of it: the nearest of these that are enough. Undefined when none are.
 */
function weightsOf(name: string, count: number, stored: Stored): SourceTensor[] | undefined {
  const folders = Array.from(stored, ([key, tensor]) => ({
    folder: `/${key.slice(0, key.lastIndexOf('/') + 1)}`,
    tensor,
  }));
  const below = `/${name}/`;
  const nearest = [
    ({ folder }: { folder: string }) => folder === below,
    ({ folder }: { folder: string }) => folder.startsWith(below),
    ({ folder }: { folder: string }) => folder.endsWith(below),
    ({ folder }: { folder: string }) => folder.includes(below),
  ]
    .map((isBelow) => folders.filter(isBelow))
    .find((found) => found.length >= count);
  return nearest?.map(({ tensor }) => tensor);
}

const setSlot = (map: WeightMap, slot: WeightSlot, tensor: SourceTensor): void =>
  map.set(slot, checkedTensor(tensor, `${slot.layer.path}/${slot.name}`));

const missing = (layer: KerasLayer, count: number): AppError =>
  new AppError(
    'model.unreadable',
    `The ${count} variables of the layer '${layer.path}' are not all in the manifest; export the model again.`,
  );

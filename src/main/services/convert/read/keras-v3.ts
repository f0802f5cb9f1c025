import type { ModelFiles } from '@main/ports/model-files';
import { AppError } from '@shared/error/app-error';
import type { SourceGraph } from '../source';
import { type ByteSource, fileSource } from './byte-source';
import { type Dataset, type Hdf5Group, openHdf5 } from './hdf5';
import { fieldOf, parseModelJson, type Json } from './json';
import type { KerasModel } from './keras/model';
import { parseRoot } from './keras/parse-root';
import { checkedTensor } from './keras/stored-tensor';
import { versionOf } from './keras/version';
import { groupNames, slotsOf, WeightMap, type LayerWeights } from './keras/weights';
import { writeModel } from './keras/write-model';
import { openZip, type ZipArchive } from './zip';

/** Reads a `.keras` archive, as Keras 3 and Keras 2.12 and later write it. Weights are read when they are asked for. */
export function readKerasV3(path: string, files: ModelFiles): SourceGraph {
  const source = fileSource(files.open(path), files.name(path));
  try {
    return readKerasArchive(source);
  } catch (error) {
    source.close();
    throw error;
  }
}

/** Same from an open source, which the graph closes. */
export function readKerasArchive(source: ByteSource): SourceGraph {
  const zip = openZip(source);
  const model = parseRoot(jsonEntry(zip, 'config.json', source.name), source.name);
  const metadata = zip.names.includes('metadata.json') ? jsonEntry(zip, 'metadata.json', source.name) : {};
  const weights = readWeights(model, zip, source.name);
  const version = versionOf(fieldOf(metadata, 'keras_version') ?? '3');
  return writeModel(model, { format: 'keras-v3', version, weights, notes: [], close: () => source.close() });
}

function jsonEntry(zip: ZipArchive, name: string, archive: string): Json {
  const entry = zip.open(name);
  if (!entry)
    throw new AppError(
      'model.unreadable',
      `'${archive}' has no ${name}, so it is no Keras model; save it again.`,
    );
  return parseModelJson(entry.read(0, entry.size), `'${archive}/${name}'`);
}

const WEIGHTS = 'model.weights.h5';

function readWeights(model: KerasModel, zip: ZipArchive, archive: string): LayerWeights {
  const map = new WeightMap();
  const slots = Array.from(groupNames(model), ([layer, group]) => ({ group, slots: slotsOf(layer) }));
  if (slots.every((each) => each.slots.length === 0)) return map.all;
  const entry = zip.open(WEIGHTS);
  if (!entry)
    throw new AppError(
      'model.unreadable',
      zip.names.some((name) => name.endsWith('.weights.h5') || name.endsWith('.npz'))
        ? `'${archive}' keeps its weights in several parts or in another form, which is not read; save it again without sharding.`
        : `'${archive}' has no ${WEIGHTS}; save the model again.`,
    );
  const root = openHdf5(entry);
  for (const { group, slots: own } of slots)
    for (const slot of own) {
      const dataset = find(root, ['layers', group, ...slot.path.split('/')]);
      if (!dataset)
        throw new AppError(
          'model.unreadable',
          `The variable '${slot.name}' of the layer '${slot.layer.path}' is missing in '${archive}' (layers/${group}/${slot.path}); save the model again.`,
        );
      map.set(slot, checkedTensor(dataset, `${slot.layer.path}/${slot.name}`));
    }
  return map.all;
}

/** Attribute names that differ between versions: private ones had an underscore, and 'layers' another name once. */
function find(root: Hdf5Group, parts: readonly string[]): Dataset | undefined {
  let path = '';
  for (const part of parts.slice(0, -1)) {
    const names = part === 'layers' ? ['layers', '_layer_checkpoint_dependencies'] : [part, `_${part}`];
    const name = names.find((each) => root.has(`${path}${each}`));
    if (name === undefined) return undefined;
    path += `${name}/`;
  }
  return root.dataset(`${path}${parts.at(-1) ?? ''}`);
}

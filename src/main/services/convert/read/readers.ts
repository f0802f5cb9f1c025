import type { ModelFiles } from '@main/ports/model-files';
import type { SourceFormat } from '@shared/model/source-format';
import type { SourceGraph } from '../source';
import { readFrozenGraph } from './frozen-graph';
import { readKerasH5 } from './keras-h5';
import { readKerasV3 } from './keras-v3';
import { readSavedModel } from './saved-model';
import { readTfjsGraph } from './tfjs-graph';
import { readTfjsLayers } from './tfjs-layers';

/** Reads one container; what cannot be read is an AppError `model.unreadable` that says where. */
export type Reader = (path: string, files: ModelFiles) => SourceGraph;

/** The readers of all containers that hold a graph in TensorFlow's vocabulary. */
export const READERS: Record<Exclude<SourceFormat, 'tflite'>, Reader> = {
  'saved-model': readSavedModel,
  'frozen-graph': readFrozenGraph,
  'tfjs-graph': readTfjsGraph,
  'keras-v3': readKerasV3,
  'keras-h5': readKerasH5,
  'tfjs-layers': readTfjsLayers,
};

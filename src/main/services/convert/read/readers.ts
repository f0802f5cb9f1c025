import type { ModelFiles } from '@main/ports/model-files';
import type { SourceFormat } from '@shared/model/source-format';
import type { SourceGraph } from '../source';

/** Reads one container; what cannot be read is an AppError `model.unreadable` that says where. */
export type Reader = (path: string, files: ModelFiles) => SourceGraph;

/** The readers of all containers that hold a graph in TensorFlow's vocabulary. */
export const READERS: Partial<Record<Exclude<SourceFormat, 'tflite'>, Reader>> = {};

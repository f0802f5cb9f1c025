import type { ModelFiles } from '@main/ports/model-files';
import { AppError } from '@shared/error/app-error';
import type { SourceFormat } from '@shared/model/source-format';
import type { Model } from './graph/ir';
import { lower, type LowerOptions } from './lower';
import { Pace, type PaceOptions } from './pace';
import { optimize } from './passes';
import { READERS } from './read/readers';
import { readTflite } from './read/tflite';

export type { ConvertProgress, ConvertStage } from './pace';
export { modelBytes, writeModel, type WriteReport } from './write';

export interface ConvertRequest extends LowerOptions, PaceOptions {
  readonly path: string;
  readonly format: SourceFormat;
}

/** A model in the converter's form. Its constants may still be in the source's files: close it when it is written. */
export interface OpenModel {
  readonly model: Model;
  readonly format: SourceFormat;
  /** What was left out or decided on the way, one sentence each. */
  readonly notes: readonly string[];
  close(): void;
}

/**
 * Reads a model of any format, lowers and optimizes it. AppErrors: `model.unreadable`, `model.unsupported` (all operators
 * that cannot be converted at once), `model.too-large`, `usage.wrong` (signature or shapes), `cancelled`.
 */
export async function convertModel(request: ConvertRequest, files: ModelFiles): Promise<OpenModel> {
  const pace = new Pace(request);
  pace.step('read', 0, 0);
  if (request.format === 'tflite')
    return { model: readTflite(request.path, files), format: 'tflite', notes: [], close: () => undefined };
  const read = READERS[request.format];
  if (!read)
    throw new AppError('model.unsupported', `Models of the format ${request.format} cannot be read.`);
  const source = read(request.path, files);
  try {
    await pace.rest();
    const model = await lower(source, request, pace);
    await optimize(model, pace);
    return { model, format: source.format, notes: source.notes, close: () => source.close() };
  } catch (error) {
    source.close();
    throw error;
  }
}

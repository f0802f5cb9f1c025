import type { ModelFiles } from '@main/ports/model-files';
import { AppError } from '@shared/error/app-error';
import { SOURCE_FORMAT_TITLES, type SourceFormat } from '@shared/model/source-format';
import { customOperators } from './graph/foreign';
import type { ConstantData, Model } from './graph/ir';
import { allGraphs } from './graph/subgraphs';
import { lower, type LowerOptions } from './lower';
import { Pace, type PaceOptions } from './pace';
import { optimize } from './passes';
import { detectModel } from './read/detect';
import { READERS } from './read/readers';
import { readTflite } from './read/tflite';
import { prepareSource } from './source/index';
import { refuseTooLarge } from './write';

export { Pace, type ConvertProgress, type ConvertStage, type PaceOptions } from './pace';
export { fingerprintModel, type ModelFingerprint } from './fingerprint';
export type { Model, Value } from './graph/ir';
export { allGraphs } from './graph/subgraphs';
export { detectModel, type DetectedModel } from './read/detect';
export { readTflite } from './read/tflite';
export { modelBytes, writeModel, type WriteReport } from './write';

export interface ConvertRequest extends LowerOptions, PaceOptions {
  /** What the user named: a file or a folder; its format is found out from its content. */
  readonly path: string;
  /** The weights will be quantized before the model is written, so that more than 2 GiB of them may be read. */
  readonly willShrink?: boolean | undefined;
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
  const { format, path } = detectModel(request.path, files);
  if (format === 'tflite') return openTflite(readTflite(path, files));
  const read = READERS[format];
  if (!read)
    throw new AppError(
      'model.unsupported',
      `A ${SOURCE_FORMAT_TITLES[format]} cannot be read; save it in another format.`,
    );
  const source = read(path, files);
  try {
    await pace.rest();
    const prepared = prepareSource(source, request.signature);
    await pace.rest();
    const model = await lower(prepared, request, pace);
    if (!request.willShrink) refuseTooLarge(constantBytes(model));
    await optimize(model, pace);
    return { model, format, notes: prepared.notes, close: () => source.close() };
  } catch (error) {
    source.close();
    throw error;
  }
}

/** A TFLite file as it is; what only some runtimes have in it is named. */
const openTflite = (model: Model): OpenModel => ({
  model,
  format: 'tflite',
  notes: customOperators(model).map(
    ({ name, needs }) => `Operator ${name} needs a ${needs}, which plain TensorFlow Lite does not have.`,
  ),
  close: () => undefined,
});

/** Bytes of all constants that operators read, each counted once. */
function constantBytes(model: Model): number {
  const seen = new Set<ConstantData>();
  for (const graph of allGraphs(model))
    for (const op of graph.ops) for (const input of op.inputs) if (input?.constant) seen.add(input.constant);
  return Array.from(seen).reduce((sum, { byteLength }) => sum + byteLength, 0);
}

import type { ModelFiles } from '@main/ports/model-files';
import type { WrittenSavedModel } from '@main/ports/original-runtime';
import type { SourceFormat } from '@shared/model/source-format';
import type { DeclaredPort, DeclaredSignature } from '@shared/model/tensor';
import { customOperators } from './graph/foreign';
import type { ConstantData, Model } from './graph/ir';
import { allGraphs } from './graph/subgraphs';
import { lower, type LowerOptions } from './lower';
import { Pace, type PaceOptions } from './pace';
import { optimize } from './passes';
import { detectModel } from './read/detect';
import { READERS } from './read/readers';
import { readTflite } from './read/tflite';
import { writeSavedModel, type AppendToFile } from './saved-model';
import type { SourcePort, SourceSignature } from './source';
import { prepareSource } from './source/index';
import { refuseTooLarge } from './write';

export { Pace, type ConvertProgress, type ConvertStage, type PaceOptions } from './pace';
export { fingerprintModel, modelFileBytes, type ModelFingerprint } from './fingerprint';
export type { Model, Value } from './graph/ir';
export { allGraphs } from './graph/subgraphs';
export { detectModel, type DetectedModel } from './read/detect';
export { readTflite } from './read/tflite';
export { compareVersions } from './write/version';
export { modelBytes, writeModel, type WriteReport } from './write';

export interface ConvertRequest extends LowerOptions, PaceOptions {
  /** What the user named: a file or a folder; its format is found out from its content. */
  readonly path: string;
}

/** A model in the converter's form. Its constants may still be in the source's files: close it when it is written. */
export interface OpenModel {
  readonly model: Model;
  readonly format: SourceFormat;
  /** The signatures that were converted, as the source itself declares them. */
  readonly declared: readonly DeclaredSignature[];
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
  const source = READERS[format](path, files);
  try {
    pace.step('read', 0, 0);
    await pace.rest();
    const prepared = prepareSource(source, request.signature);
    pace.step('read', 0, 0);
    await pace.rest();
    const model = await lower(prepared, request, pace);
    refuseTooLarge(constantBytes(model));
    await optimize(model, pace);
    const declared = prepared.signatures.map(declaredSignature);
    return { model, format, declared, notes: prepared.notes, close: () => source.close() };
  } catch (error) {
    source.close();
    throw error;
  }
}

/**
 * Writes what our reader makes of a model, before anything is lowered, as a SavedModel that TensorFlow executes: the yardstick for
 * Keras files. `append` adds bytes to a file of it. AppErrors as `convertModel` has them for reading.
 */
export function writeReading(
  path: string,
  signature: string | undefined,
  append: AppendToFile,
  files: ModelFiles,
): WrittenSavedModel {
  const detected = detectModel(path, files);
  if (detected.format === 'tflite') throw new Error('a TFLite file has no operators of TensorFlow');
  const source = READERS[detected.format](detected.path, files);
  try {
    return writeSavedModel(source, signature ?? source.defaultSignature, append);
  } finally {
    source.close();
  }
}

const declaredSignature = ({ key, inputs, outputs }: SourceSignature): DeclaredSignature => {
  const port = ({ name, dtype, shape }: SourcePort): DeclaredPort => ({ name, dtype, shape });
  return { key, inputs: inputs.map(port), outputs: outputs.map(port) };
};

/** A TFLite file as it is; what only some runtimes have in it is named. */
const openTflite = (model: Model): OpenModel => ({
  model,
  format: 'tflite',
  declared: model.signatures.map(({ key, inputs, outputs }) => {
    const port = ({ name, value: { dtype, shape } }: (typeof inputs)[number]): DeclaredPort => ({
      name,
      dtype,
      shape,
    });
    return { key, inputs: inputs.map(port), outputs: outputs.map(port) };
  }),
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

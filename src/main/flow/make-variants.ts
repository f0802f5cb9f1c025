import { mkdir } from 'node:fs/promises';
import type { ModelFiles } from '@main/ports/model-files';
import { calibrate, calibrationData, signatureSpec } from './calibrate';
import { startFingerprint, type FingerprintBeside } from './fingerprint';
import { modelName } from './model-name';
import { removeStaleParts, writeHashed, type HashedFile } from './variant-files';
import type { RangeCollector } from '@main/ports/range-collector';
import type { TfliteRuntime } from '@main/ports/tflite-runtime';
import type { LayerError } from '@shared/model/validation';
import { measureLayers } from './layer-probe';
import type { Progress } from '@shared/model/job';
import type { Recipe } from '@shared/model/recipe';
import type { SourceFormat } from '@shared/model/source-format';
import type { DeclaredSignature, NamedTensors, Signature } from '@shared/model/tensor';
import {
  convertModel,
  Pace,
  type ConvertProgress,
  type Model,
  type OpenModel,
  type PaceOptions,
  type Value,
  type WriteReport,
} from '../services/convert';
import type { DataSet } from '../services/data';
import {
  needsCalibration,
  quantizeModel,
  refuseNewerThan,
  type QuantizeResult,
  type Range,
} from '../services/quantize';

/** What to make of one model. Plain data: it also travels to the process that does it. */
export interface MakeRequest {
  readonly model: string;
  readonly recipes: readonly Recipe[];
  readonly signature?: string | undefined;
  readonly shapes?: Readonly<Record<string, readonly number[]>> | undefined;
  /** Calibration data; random data when left out, which is said in the notes. */
  readonly calibration?: string | undefined;
  /** Folder that the files are put into, named by content hash. */
  readonly outFolder: string;
  /** Also measure each operator's own error in integer variants. */
  readonly layers?: boolean | undefined;
}

export interface MadeVariant {
  readonly recipe: Recipe;
  readonly path: string;
  /** SHA-256 of the file. */
  readonly hash: string;
  readonly bytes: number;
  readonly operators: WriteReport['operators'];
  /** What the file takes and gives: integer recipes may change its types. */
  readonly signatures: readonly Signature[];
  readonly minRuntimeVersion: string;
  readonly convertMs: number;
  readonly notes: readonly string[];
  /** Each operator's own error, the worst first, when it was asked for. */
  readonly layers?: readonly LayerError[] | undefined;
}

export interface MadeVariants {
  readonly modelId: string;
  readonly modelName: string;
  readonly modelBytes: number;
  readonly format: SourceFormat;
  readonly signatures: readonly Signature[];
  /** The same, as the source itself declares them. */
  readonly declared: readonly DeclaredSignature[];
  /** The plain conversion, which quantized variants are compared with. */
  readonly float32Path: string;
  readonly variants: readonly MadeVariant[];
  readonly notes: readonly string[];
}

export interface MakeTools {
  readonly files: ModelFiles;
  /** Hashes a large model while it is converted. */
  readonly fingerprint: FingerprintBeside;
  readonly ranges: RangeCollector;
  /** Runs probes for the errors of layers. */
  readonly runtime: TfliteRuntime;
}

/** Samples that the errors of layers are taken on: every activation of each is read back. */
const LAYER_SAMPLES = 8;
const STAGE_TITLES: Record<ConvertProgress['stage'], string> = {
  read: 'Reading the model',
  lower: 'Converting operators',
  optimize: 'Optimizing the graph',
  write: 'Writing the file',
};

/** Converts a model once and makes a variant of it by each recipe. AppErrors as convertModel and quantizeModel have them. */
export async function makeVariants(
  request: MakeRequest,
  tools: MakeTools,
  onProgress: (progress: Progress) => void = () => undefined,
  signal?: AbortSignal,
): Promise<MadeVariants> {
  await mkdir(request.outFolder, { recursive: true });
  await removeStaleParts(request.outFolder);
  const started = performance.now();
  const pacing: PaceOptions = {
    signal,
    onProgress: ({ stage, done, total }) =>
      onProgress({
        stage,
        message: `${STAGE_TITLES[stage]}${total > 0 ? ` (${stage === 'write' ? `${Math.round((100 * done) / total)} %` : `${done} of ${total}`})` : ''}`,
        ...(total > 0 ? { fraction: Math.min(1, done / total) } : {}),
      }),
  };
  const { model, signature, shapes } = request;
  const fingerprinting = startFingerprint(model, tools, signal);
  const opened = await convertModel({ path: model, signature, shapes, ...pacing }, tools.files).catch(
    (error: unknown) => {
      fingerprinting.stop();
      throw error;
    },
  );
  try {
    const float32 = await writeHashed(opened.model, request.outFolder, new Pace(pacing));
    const fingerprint = await fingerprinting.done();
    const convertMs = performance.now() - started;
    const notes = [...opened.notes];
    const { recipes, calibration: data } = request;
    const { path, tensors } = float32;
    const calibrated = await calibrate(
      { model: opened.model, path, tensors, recipes, data },
      tools.ranges,
      onProgress,
      signal,
    );
    notes.push(...calibrated.notes);
    const variants: MadeVariant[] = [];
    for (const recipe of recipes) {
      signal?.throwIfAborted();
      onProgress({ stage: `quantize ${recipe.name}`, message: `Making ${recipe.title}` });
      const write = (made: Model) => writeHashed(made, request.outFolder, new Pace(pacing));
      const measure = (quantized: QuantizeResult) =>
        request.layers && needsCalibration(recipe)
          ? layersOf(opened, quantized, request, recipe, tools, signal)
          : undefined;
      const ranges = calibrated.ranges.get(recipe);
      variants.push(await makeVariant(recipe, opened.model, ranges, float32, convertMs, write, measure));
    }
    return {
      modelId: fingerprint.hash,
      modelName: modelName(request.model),
      modelBytes: fingerprint.bytes,
      format: opened.format,
      signatures: opened.model.signatures.map(signatureSpec),
      declared: opened.declared,
      float32Path: float32.path,
      variants,
      notes,
    };
  } finally {
    fingerprinting.stop();
    opened.close();
  }
}

async function makeVariant(
  recipe: Recipe,
  model: Model,
  ranges: ReadonlyMap<Value, Range> | undefined,
  float32: HashedFile,
  convertMs: number,
  write: (model: Model) => Promise<HashedFile>,
  measure: (quantized: QuantizeResult) => Promise<LayerError[] | undefined> | undefined,
): Promise<MadeVariant> {
  const started = performance.now();
  const isPlain = recipe.precision === 'float32' && recipe.overrides.length === 0;
  const notes: string[] = [];
  let file = float32;
  let written = model;
  let layers: LayerError[] | undefined;
  if (isPlain) refuseNewerThan(model, recipe.targetRuntime);
  else {
    const quantized = quantizeModel(model, recipe, (value) => ranges?.get(value));
    written = quantized.model;
    file = await write(written);
    const { floatOperators, warnings } = quantized.report;
    notes.push(...warnings);
    layers = await measure(quantized);
    if (floatOperators.length > 0) notes.push(floatNote(floatOperators));
  }
  return {
    recipe,
    path: file.path,
    hash: file.hash,
    bytes: file.bytes,
    operators: file.operators,
    signatures: written.signatures.map(signatureSpec),
    minRuntimeVersion: file.minRuntimeVersion,
    convertMs: convertMs + performance.now() - started,
    notes,
    ...(layers ? { layers } : {}),
  };
}

async function layersOf(
  opened: OpenModel,
  quantized: QuantizeResult,
  request: MakeRequest,
  recipe: Recipe,
  tools: MakeTools,
  signal: AbortSignal | undefined,
): Promise<LayerError[] | undefined> {
  const [signature] = opened.model.signatures;
  if (!signature) return undefined;
  const data = await calibrationData(request.calibration, signatureSpec(signature), recipe);
  try {
    const samples = batchesOf(data, Math.min(data.count, LAYER_SAMPLES));
    return await measureLayers(opened.model, quantized, samples, tools.runtime, request.outFolder, signal);
  } finally {
    await data.close();
  }
}

/** Samples one at a time, the sample axis kept. */
async function* batchesOf(data: DataSet, total: number): AsyncGenerator<NamedTensors> {
  for (let i = 0; i < total; i++) yield data.slice(i, i + 1);
}

function floatNote(operators: readonly { readonly type: string; readonly why: string }[]): string {
  const counts = new Map<string, number>();
  for (const { type, why } of operators)
    counts.set(`${type} (${why})`, (counts.get(`${type} (${why})`) ?? 0) + 1);
  const list = Array.from(counts, ([text, count]) => (count > 1 ? `${count} x ${text}` : text));
  return `Stayed float: ${list.join(', ')}.`;
}

import { mkdir } from 'node:fs/promises';
import type { ModelFiles } from '@main/ports/model-files';
import { modelName } from './model-name';
import { removeStaleParts, writeHashed, type HashedFile } from './variant-files';
import type { RangeCollector } from '@main/ports/range-collector';
import type { TfliteRuntime } from '@main/ports/tflite-runtime';
import type { LayerError } from '@shared/model/validation';
import { measureLayers } from './layer-probe';
import { AppError } from '@shared/error/app-error';
import type { Progress } from '@shared/model/job';
import type { Recipe } from '@shared/model/recipe';
import type { SourceFormat } from '@shared/model/source-format';
import type { NamedTensors, Signature } from '@shared/model/tensor';
import {
  convertModel,
  fingerprintModel,
  Pace,
  type ConvertProgress,
  type Model,
  type OpenModel,
  type PaceOptions,
  type Value,
  type WriteReport,
} from '../services/convert';
import { openDataSet, randomDataSet, sampleOf, type DataSet } from '../services/data';
import {
  HISTOGRAM_BINS,
  needsCalibration,
  quantizeModel,
  rangeBy,
  refuseNewerThan,
  type CalibratedRange,
  type QuantizeResult,
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
  /** The plain conversion, which quantized variants are compared with. */
  readonly float32Path: string;
  readonly variants: readonly MadeVariant[];
  readonly notes: readonly string[];
}

export interface MakeTools {
  readonly files: ModelFiles;
  readonly ranges: RangeCollector;
  /** Runs probes for the errors of layers. */
  readonly runtime: TfliteRuntime;
}

const RANDOM_SAMPLES = 16;
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
  const opened = await convertModel({ path: model, signature, shapes, ...pacing }, tools.files);
  try {
    const fingerprint = fingerprintModel(request.model, tools.files);
    const float32 = await writeHashed(opened.model, request.outFolder, new Pace(pacing));
    const convertMs = performance.now() - started;
    const notes = [...opened.notes];
    let ranges: ReadonlyMap<Value, CalibratedRange> = new Map();
    if (request.recipes.some(needsCalibration)) {
      const calibrated = await calibrate(opened, float32, request, tools, onProgress, signal);
      ranges = calibrated.ranges;
      notes.push(...calibrated.notes);
    }
    const variants: MadeVariant[] = [];
    for (const recipe of request.recipes) {
      signal?.throwIfAborted();
      onProgress({ stage: `quantize ${recipe.name}`, message: `Making ${recipe.title}` });
      const write = (made: Model) => writeHashed(made, request.outFolder, new Pace(pacing));
      const measure = (quantized: QuantizeResult) =>
        request.layers && needsCalibration(recipe)
          ? layersOf(opened, quantized, request, recipe, tools, signal)
          : undefined;
      variants.push(await makeVariant(recipe, opened.model, ranges, float32, convertMs, write, measure));
    }
    return {
      modelId: fingerprint.hash,
      modelName: modelName(request.model),
      modelBytes: fingerprint.bytes,
      format: opened.format,
      signatures: opened.model.signatures.map(signatureSpec),
      float32Path: float32.path,
      variants,
      notes,
    };
  } finally {
    opened.close();
  }
}

async function makeVariant(
  recipe: Recipe,
  model: Model,
  ranges: ReadonlyMap<Value, CalibratedRange>,
  float32: HashedFile,
  convertMs: number,
  write: (model: Model) => Promise<HashedFile>,
  measure: (quantized: QuantizeResult) => Promise<LayerError[] | undefined> | undefined,
): Promise<MadeVariant> {
  const started = performance.now();
  const isPlain = recipe.precision === 'float32' && recipe.overrides.length === 0;
  const notes: string[] = [];
  let file = float32;
  let layers: LayerError[] | undefined;
  if (isPlain) refuseNewerThan(model, recipe.targetRuntime);
  else {
    const quantized = quantizeModel(model, recipe, (value) => {
      const seen = ranges.get(value);
      return seen && rangeBy(recipe.calibration, seen);
    });
    file = await write(quantized.model);
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
  const { inputs } = signatureSpec(signature);
  const data =
    request.calibration === undefined
      ? randomDataSet(inputs, RANDOM_SAMPLES)
      : await openDataSet(request.calibration, inputs, recipe.images);
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

async function calibrate(
  opened: OpenModel,
  float32: HashedFile,
  request: MakeRequest,
  tools: MakeTools,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal | undefined,
): Promise<{ ranges: Map<Value, CalibratedRange>; notes: string[] }> {
  const ranges = new Map<Value, CalibratedRange>();
  const notes: string[] = [];
  const calibrating = request.recipes.filter(needsCalibration);
  const maxSamples = Math.max(...calibrating.map((recipe) => recipe.calibration.maxSamples));
  const usesPercentile = calibrating.some((recipe) => recipe.calibration.method === 'percentile');
  for (const signature of opened.model.signatures) {
    const { inputs } = signatureSpec(signature);
    const data =
      request.calibration === undefined
        ? randomDataSet(inputs, RANDOM_SAMPLES)
        : await openDataSet(request.calibration, inputs, calibrating[0]?.images);
    if (data.random)
      notes.push(
        'Calibrated on random data: latency is meaningful, accuracy is not. Give --calibration with real samples.',
      );
    const total = Math.min(data.count, maxSamples);
    try {
      const found = await tools.ranges.collect(
        {
          modelPath: float32.path,
          signature: signature.key,
          samples: samplesOf(data, total),
          ...(usesPercentile ? { histogramBins: HISTOGRAM_BINS } : {}),
          onSample: (done) =>
            onProgress({
              stage: 'calibrate',
              message: `Calibrating on ${data.description}: ${done} of ${total}`,
              fraction: Math.min(1, done / total),
            }),
        },
        signal,
      );
      const byPlace = new Map(found.map((range) => [`${range.subgraph}:${range.tensor}`, range]));
      for (const [value, { subgraph, tensor }] of float32.tensors) {
        const range = byPlace.get(`${subgraph}:${tensor}`);
        if (!range) continue;
        if (range.nonFinite > 0)
          throw new AppError(
            'quantize.failed',
            `Tensor '${value.name}' became NaN or infinite ${range.nonFinite} times over the calibration data, so it cannot be quantized; check the data and the model.`,
          );
        ranges.set(value, range);
      }
    } finally {
      await data.close();
    }
  }
  return { ranges, notes };
}

async function* samplesOf(
  data: DataSet,
  total: number,
): AsyncGenerator<Record<string, ReturnType<typeof sampleOf>>> {
  for (let i = 0; i < total; i++) {
    const batch = await data.slice(i, i + 1);
    yield Object.fromEntries(Object.entries(batch).map(([name, tensor]) => [name, sampleOf(tensor, 0)]));
  }
}

/** A signature of the converter's as plain data. */
export const signatureSpec = (signature: Model['signatures'][number]): Signature => {
  const port = ({ name, value }: { name: string; value: Value }) => ({
    name,
    dtype: value.dtype,
    shape: value.shape,
  });
  return { key: signature.key, inputs: signature.inputs.map(port), outputs: signature.outputs.map(port) };
};

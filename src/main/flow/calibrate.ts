import type { RangeCollector, TensorRange } from '@main/ports/range-collector';
import { viewAs } from '@shared/model/dtype';
import { AppError } from '@shared/error/app-error';
import type { Progress } from '@shared/model/job';
import type { Recipe } from '@shared/model/recipe';
import type { NamedTensors, Signature } from '@shared/model/tensor';
import type { Model, Value, WriteReport } from '../services/convert';
import { openDataSet, randomDataSet, sampleOf, type DataSet } from '../services/data';
import { HISTOGRAM_BINS, needsCalibration, rangeBy, unionOf, type Range } from '../services/quantize';

/** Samples that stand in for data where none are given. */
const RANDOM_SAMPLES = 16;

export interface CalibrationRequest {
  /** The float32 conversion, its file, and where its values are in it. */
  readonly model: Model;
  readonly path: string;
  readonly tensors: WriteReport['tensors'];
  readonly recipes: readonly Recipe[];
  /** Calibration data; random data when left out, which is said in the notes. */
  readonly data: string | undefined;
}

export interface Calibrated {
  /** The range of each value over the data that a recipe asks for. */
  readonly ranges: ReadonlyMap<Recipe, ReadonlyMap<Value, Range>>;
  readonly notes: readonly string[];
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

/** The data set of that path as a recipe wants it, or random data without a path. */
export const calibrationData = (
  path: string | undefined,
  { inputs }: Signature,
  { images, calibration }: Recipe,
): Promise<DataSet> =>
  path === undefined
    ? Promise.resolve(randomDataSet(inputs, RANDOM_SAMPLES))
    : openDataSet(path, inputs, images, calibration.maxSamples);

/**
 * Runs the float32 conversion over the calibration data, once for all recipes that see the same samples in the same way: what a
 * recipe gets does not depend on which others are made with it. `quantize.failed` names a tensor that became NaN or infinite.
 */
export async function calibrate(
  request: CalibrationRequest,
  collector: RangeCollector,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal | undefined,
): Promise<Calibrated> {
  const groups = new Map<string, Recipe[]>();
  for (const recipe of request.recipes.filter(needsCalibration)) {
    const key = JSON.stringify([recipe.images, recipe.calibration.maxSamples]);
    groups.set(key, [...(groups.get(key) ?? []), recipe]);
  }
  const ranges = new Map<Recipe, Map<Value, Range>>();
  const notes = new Set<string>();
  for (const recipes of groups.values()) {
    for (const recipe of recipes) ranges.set(recipe, new Map());
    for (const signature of request.model.signatures)
      await overSignature(signatureSpec(signature), recipes, request, collector, onProgress, signal, {
        add: (value, seen) => {
          for (const recipe of recipes) widen(ranges.get(recipe), value, rangeBy(recipe.calibration, seen));
        },
        note: (text) => notes.add(text),
      });
  }
  return { ranges, notes: [...notes] };
}

function widen(ranges: Map<Value, Range> | undefined, value: Value, range: Range): void {
  const before = ranges?.get(value);
  ranges?.set(value, before ? unionOf(before, range) : range);
}

interface Found {
  readonly add: (value: Value, seen: TensorRange) => void;
  readonly note: (text: string) => void;
}

async function overSignature(
  signature: Signature,
  recipes: readonly Recipe[],
  request: CalibrationRequest,
  collector: RangeCollector,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal | undefined,
  found: Found,
): Promise<void> {
  const [first] = recipes;
  if (!first) return;
  const data = await calibrationData(request.data, signature, first);
  if (data.random)
    found.note(
      'Calibrated on random data: latency is meaningful, accuracy is not. Give --calibration with real samples.',
    );
  else found.note(`Calibrated on ${data.description}.`);
  const total = Math.min(data.count, first.calibration.maxSamples);
  const usesPercentile = recipes.some(({ calibration }) => calibration.method === 'percentile');
  try {
    const seen = await collector.collect(
      {
        modelPath: request.path,
        signature: signature.key,
        samples: samplesOf(data, total),
        expected: total,
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
    const byPlace = new Map(seen.map((range) => [`${range.subgraph}:${range.tensor}`, range]));
    for (const [value, { subgraph, tensor }] of request.tensors) {
      const range = byPlace.get(`${subgraph}:${tensor}`);
      if (!range) continue;
      if (range.nonFinite > 0 && !isPaddedWithInfinity(value))
        throw new AppError(
          'quantize.failed',
          `Tensor '${value.name}' became NaN or infinite ${range.nonFinite} times over the calibration data, so it cannot be quantized; check the data and the model.`,
        );
      found.add(value, range);
    }
  } finally {
    await data.close();
  }
}

/** Padding with minus infinity in front of a maximum is no fault: the least code stands for it. What it pads is looked at, too. */
function isPaddedWithInfinity({ producer }: Value): boolean {
  const pad = producer?.type === 'PADV2' ? producer.inputs[2]?.constant : undefined;
  return pad !== undefined && viewAs('float32', pad.bytes())[0] === -Infinity;
}

async function* samplesOf(data: DataSet, total: number): AsyncGenerator<NamedTensors> {
  for (let i = 0; i < total; i++) {
    const batch = await data.slice(i, i + 1);
    yield Object.fromEntries(Object.entries(batch).map(([name, tensor]) => [name, sampleOf(tensor, 0)]));
  }
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { convertModel, writeModel, type WriteReport } from '@main/services/convert';
import type { Model, ModelSignature, Value } from '@main/services/convert/graph/ir';
import { quantizeModel, type Range } from '@main/services/quantize';
import { nodeModelFiles } from '@main/platform/node/model-files';
import { RunnerParts } from '@main/platform/tflite-runner/parts';
import { RunnerRangeCollector } from '@main/platform/tflite-runner/range-collector';
import { TfliteRunnerRuntime } from '@main/platform/tflite-runner/tflite-runtime';
import { recipeSchema, type Precision, type Recipe } from '@shared/model/recipe';
import {
  elementCount,
  type NamedTensors,
  type Quantization,
  type Tensor,
  type TensorSpec,
} from '@shared/model/tensor';
import type { Golden } from '../support/golden';
import { appRoot } from '../support/runner';

const parts = new RunnerParts(appRoot);
export const runtime = new TfliteRunnerRuntime(parts);
const collector = new RunnerRangeCollector(parts, 2);

/** One of the program's own recipes. */
export const shippedRecipe = (name: string, changes: Partial<Recipe> = {}): Recipe => ({
  ...recipeSchema.parse(JSON.parse(readFileSync(join(appRoot, 'resources/recipes', `${name}.json`), 'utf8'))),
  ...changes,
});

export interface QuantizedGolden {
  /** The float32 conversion and the variant. */
  readonly float: Model;
  readonly model: Model;
  readonly floatPath: string;
  readonly path: string;
  readonly report: WriteReport;
}

/** A golden model converted from its SavedModel (Keras 2's is another one) and quantized with its own calibration data, as files in `folder`. */
export async function quantizeGolden(
  golden: Golden,
  recipe: Recipe,
  folder: string,
  source = 'saved_model',
): Promise<QuantizedGolden> {
  const opened = await convertModel({ path: golden.path(source) }, nodeModelFiles);
  try {
    const floatPath = join(folder, 'float.tflite');
    const path = join(folder, 'variant.tflite');
    const { tensors } = await writeModel(opened.model, floatPath);
    const ranges = recipe.precision.startsWith('int')
      ? await calibrate(golden, opened.model, floatPath, tensors)
      : new Map<Value, Range>();
    const { model } = quantizeModel(opened.model, recipe, (value) => ranges.get(value));
    return { float: opened.model, model, floatPath, path, report: await writeModel(model, path) };
  } finally {
    opened.close();
  }
}

async function calibrate(
  golden: Golden,
  model: Model,
  file: string,
  tensors: WriteReport['tensors'],
): Promise<Map<Value, Range>> {
  const ranges = new Map<Value, Range>();
  for (const [key, { calibration }] of Object.entries(golden.doc.signatures)) {
    const signature = signatureOf(model, golden, key);
    const inputs = byPosition(signature, golden.tensors(calibration.inputs));
    const samples = async function* (): AsyncGenerator<NamedTensors> {
      for (let i = 0; i < calibration.samples; i++)
        yield Object.fromEntries(Object.entries(inputs).map(([name, tensor]) => [name, sample(tensor, i)]));
    };
    const found = await collector.collect({ modelPath: file, signature: signature.key, samples: samples() });
    const byPlace = new Map(found.map((range) => [`${range.subgraph}:${range.tensor}`, range]));
    for (const [value, { subgraph, tensor }] of tensors) {
      const range = byPlace.get(`${subgraph}:${tensor}`);
      if (range) ranges.set(value, range);
    }
  }
  return ranges;
}

function sample(tensor: Tensor, index: number): Tensor {
  const shape = tensor.shape.slice(1);
  const size = elementCount(shape);
  return { dtype: tensor.dtype, shape, data: tensor.data.subarray(index * size, (index + 1) * size) };
}

export function signatureOf(model: Model, golden: Golden, key: string): ModelSignature {
  const only = Object.keys(golden.doc.signatures).length === 1 ? model.signatures[0] : undefined;
  const found = only ?? model.signatures.find((candidate) => candidate.key === key);
  if (!found) throw new Error(`no signature ${key}`);
  return found;
}

/** The manifest's tensors under the names that the ports have. */
export function byPosition(
  { inputs }: { readonly inputs: readonly { readonly name: string }[] },
  tensors: NamedTensors,
): NamedTensors {
  const entries = Object.entries(tensors);
  return Object.fromEntries(
    inputs.map(({ name }, i) => {
      const tensor = tensors[name] ?? entries[i]?.[1];
      if (!tensor) throw new Error(`no golden input for ${name}`);
      return [name, tensor];
    }),
  );
}

export const numbers = (tensor: Tensor): Float64Array =>
  Float64Array.from(tensor.data as Float32Array, Number);

/** Real numbers behind codes. */
export function dequantized(tensor: Tensor, quantization: Partial<Quantization> | undefined): Float64Array {
  const scale = quantization?.scale?.[0];
  const zeroPoint = quantization?.zeroPoint?.[0] ?? 0;
  const values = numbers(tensor);
  return scale ? values.map((q) => (q - zeroPoint) * scale) : values;
}

export const rms = (a: Float64Array, b: Float64Array): number =>
  Math.sqrt(
    a.reduce((sum, x, i) => sum + (x === b[i] ? 0 : (x - (b[i] ?? 0)) ** 2), 0) / Math.max(1, a.length),
  );

export const rangeOf = (a: Float64Array): number =>
  a.reduce((most, x) => Math.max(most, x), -Infinity) - a.reduce((least, x) => Math.min(least, x), Infinity);

/** Codes of a real tensor for a quantized input: rounded half away from zero. */
export function encoded(
  tensor: Tensor,
  port: TensorSpec & { quantization?: Quantization | undefined },
): Tensor {
  const scale = port.quantization?.scale[0];
  if (scale === undefined || tensor.dtype === port.dtype) return tensor;
  const zeroPoint = port.quantization?.zeroPoint[0] ?? 0;
  const [low, high] = port.dtype === 'int16' ? [-32_768, 32_767] : [-128, 127];
  const Class = port.dtype === 'int16' ? Int16Array : Int8Array;
  const data = new Class(tensor.data.length);
  for (const [i, x] of numbers(tensor).entries()) {
    const q = x / scale;
    data[i] = Math.min(
      high,
      Math.max(low, (q < 0 ? -Math.floor(-q + 0.5) : Math.floor(q + 0.5)) + zeroPoint),
    );
  }
  return { dtype: port.dtype, shape: tensor.shape, data };
}

/** Outputs of a .tflite file of ours or the reference's on real inputs, as real numbers, in the order of the signature. */
export async function realOutputs(
  path: string,
  model: Model,
  golden: Golden,
  key: string,
  inputs: NamedTensors,
): Promise<Record<string, Float64Array>> {
  const signature = signatureOf(model, golden, key);
  const named = byPosition(signature, inputs);
  const codes = Object.fromEntries(
    signature.inputs.map(({ name, value }) => [
      name,
      encoded(named[name] as Tensor, {
        name,
        dtype: value.dtype,
        shape: value.shape,
        quantization: value.quantization,
      }),
    ]),
  );
  const { outputs } = await runtime.run({
    modelPath: path,
    signature: signature.key,
    inputs: codes,
    xnnpack: false,
  });
  return Object.fromEntries(
    signature.outputs.map(({ name, value }) => {
      const tensor = outputs[name];
      if (!tensor) throw new Error(`no output for ${name}`);
      return [name, dequantized(tensor, value.quantization)];
    }),
  );
}

export const MODES: readonly Precision[] = ['float16', 'dynamic', 'int8', 'int16x8'];

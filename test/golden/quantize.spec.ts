import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { convertModel, writeModel } from '@main/services/convert';
import type { Model, ModelSignature, Value } from '@main/services/convert/graph/ir';
import { quantizeModel } from '@main/services/quantize';
import { nodeModelFiles } from '@main/platform/node/model-files';
import { RunnerParts } from '@main/platform/tflite-runner/parts';
import { RunnerRangeCollector } from '@main/platform/tflite-runner/range-collector';
import { TfliteRunnerRuntime } from '@main/platform/tflite-runner/tflite-runtime';
import { recipeSchema, type Precision } from '@shared/model/recipe';
import { elementCount, type NamedTensors, type Tensor } from '@shared/model/tensor';
import { afterAll, describe, expect, it } from 'vitest';
import { goldenFolder, goldenModels, type Golden } from '../support/golden';
import { appRoot, prepareRunner } from '../support/runner';
import { temporaryFolder } from '../support/temporary-folder';

const missing = goldenFolder === undefined ? 'no golden models beside this checkout' : prepareRunner();
const parts = new RunnerParts(appRoot);
const runtime = new TfliteRunnerRuntime(parts);
const collector = new RunnerRangeCollector(parts, 2);

/** Our error may be this much greater than the reference quantizer's. */
const MAX_RATIO = 1.1;
/** Differences below this share of the output's range are rounding, whoever makes them. */
const NEGLIGIBLE = 1e-4;
const recipes = Object.fromEntries(
  ['float16', 'dynamic', 'int8', 'int16x8'].map((name) => [
    name,
    JSON.parse(readFileSync(join(appRoot, 'resources/recipes', `${name}.json`), 'utf8')) as unknown,
  ]),
);
const MODES: readonly Precision[] = ['float16', 'dynamic', 'int8', 'int16x8'];

const cases = goldenModels().flatMap((golden) =>
  MODES.filter((mode) => {
    const reference = golden.doc.reference[mode];
    return golden.doc.expect === 'convert' && reference?.status === 'ok' && reference.suspect === undefined;
  }).map((mode) => ({ title: `${golden.doc.name} ${mode}`, golden, mode })),
);

const table: string[] = [];

describe.skipIf(missing)(
  `quantization of the golden models${missing ? ` (skipped: ${missing})` : ''}`,
  () => {
    afterAll(() => {
      if (table.length > 0)
        console.log(['rms error ours/reference, bytes ours/reference', ...table].join('\n'));
    });

    it.each(cases)('$title', async ({ title, golden, mode }) => {
      const reference = golden.doc.reference[mode];
      if (!reference) throw new Error('no reference');
      const opened = await convertModel({ path: golden.path('saved_model') }, nodeModelFiles);
      try {
        const folder = temporaryFolder();
        const ranges = mode.startsWith('int')
          ? await calibrate(golden, opened.model, join(folder, 'float.tflite'))
          : new Map();
        const recipe = recipeSchema.parse(recipes[mode]);
        const { model } = quantizeModel(opened.model, recipe, (value) => ranges.get(value));
        const file = join(folder, 'variant.tflite');
        const report = await writeModel(model, file);
        const errors: string[] = [];
        for (const [key, { golden: recorded }] of Object.entries(golden.doc.signatures)) {
          const signature = signatureOf(model, golden, key);
          const result = await runtime.run({
            modelPath: file,
            signature: signature.key,
            inputs: byPosition(signature, golden.tensors(recorded.inputs)),
            xnnpack: false,
          });
          const outputs = pair(signature, result.outputs, golden.tensors(recorded.outputs));
          for (const [name, { ours, original }] of Object.entries(outputs)) {
            const theirs = referenceOutput(golden, mode, key, name);
            const [error, allowed] = [rms(ours, original), rms(theirs, original) * MAX_RATIO];
            const floor = NEGLIGIBLE * rangeOf(original);
            table.push(
              `${title.padEnd(34)} ${name.padEnd(12)} ${(error / (allowed / MAX_RATIO || floor || 1)).toFixed(3)} ${(report.bytes / reference.bytes).toFixed(3)}`,
            );
            if (!(error <= Math.max(allowed, floor)))
              errors.push(`${name}: rms error ${error} where the reference has ${allowed / MAX_RATIO}`);
          }
        }
        expect(errors).toEqual([]);
        expect(report.bytes).toBeLessThanOrEqual(reference.bytes * 1.01);
      } finally {
        opened.close();
      }
    });
  },
);

function signatureOf(model: Model, golden: Golden, key: string): ModelSignature {
  const only = Object.keys(golden.doc.signatures).length === 1 ? model.signatures[0] : undefined;
  const found = only ?? model.signatures.find((candidate) => candidate.key === key);
  if (!found) throw new Error(`no signature ${key}`);
  return found;
}

/** The manifest's inputs under the names that the signature has. */
function byPosition(signature: ModelSignature, tensors: NamedTensors): NamedTensors {
  const entries = Object.entries(tensors);
  return Object.fromEntries(
    signature.inputs.map(({ name }, i) => {
      const tensor = tensors[name] ?? entries[i]?.[1];
      if (!tensor) throw new Error(`no golden input for ${name}`);
      return [name, tensor];
    }),
  );
}

function pair(
  signature: ModelSignature,
  actual: NamedTensors,
  expected: NamedTensors,
): Record<string, { ours: Float64Array; original: Float64Array }> {
  return Object.fromEntries(
    Object.entries(expected).map(([name, tensor], i) => {
      const ours = actual[name] ?? actual[signature.outputs[i]?.name ?? ''];
      if (!ours) throw new Error(`no output for ${name}`);
      return [name, { ours: numbers(ours), original: numbers(tensor) }];
    }),
  );
}

const numbers = (tensor: Tensor): Float64Array => Float64Array.from(tensor.data as Float32Array, Number);

function referenceOutput(golden: Golden, mode: Precision, key: string, name: string): Float64Array {
  const reference = golden.doc.reference[mode] as unknown as {
    signatures: Record<string, { outputs: Record<string, { scale?: number[]; zero_point?: number[] }> }>;
    run: { signatures: Record<string, { outputs: Record<string, Parameters<Golden['tensor']>[0]> }> };
  };
  const ref = reference.run.signatures[key]?.outputs[name];
  if (!ref) throw new Error(`no recorded output ${name}`);
  const { scale, zero_point } = reference.signatures[key]?.outputs[name] ?? {};
  const raw = numbers(golden.tensor(ref));
  return scale?.[0] ? raw.map((q) => (q - (zero_point?.[0] ?? 0)) * (scale[0] as number)) : raw;
}

const rms = (a: Float64Array, b: Float64Array): number =>
  Math.sqrt(
    a.reduce((sum, x, i) => sum + (x === b[i] ? 0 : (x - (b[i] ?? 0)) ** 2), 0) / Math.max(1, a.length),
  );

const rangeOf = (a: Float64Array): number =>
  a.reduce((most, x) => Math.max(most, x), -Infinity) - a.reduce((least, x) => Math.min(least, x), Infinity);

async function calibrate(
  golden: Golden,
  model: Model,
  file: string,
): Promise<Map<Value, { min: number; max: number }>> {
  const { tensors } = await writeModel(model, file);
  const ranges = new Map<Value, { min: number; max: number }>();
  for (const [key, { calibration }] of Object.entries(golden.doc.signatures)) {
    const signature = signatureOf(model, golden, key);
    const inputs = byPosition(signature, golden.tensors(calibration.inputs));
    const samples = async function* (): AsyncGenerator<NamedTensors> {
      for (let i = 0; i < calibration.samples; i++)
        yield Object.fromEntries(Object.entries(inputs).map(([name, tensor]) => [name, sample(tensor, i)]));
    };
    const found = await collector.collect({ modelPath: file, signature: signature.key, samples: samples() });
    for (const [value, place] of tensors) {
      const range = found.find(
        ({ subgraph, tensor }) => subgraph === place.subgraph && tensor === place.tensor,
      );
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

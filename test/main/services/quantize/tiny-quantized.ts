import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { modelBytes } from '@main/services/convert';
import { signatureOf, type Graph, type Model, type Value } from '@main/services/convert/graph/ir';
import { quantizeModel, type QuantizeResult, type Range } from '@main/services/quantize';
import { RunnerParts } from '@main/platform/tflite-runner/parts';
import { TfliteRunnerRuntime } from '@main/platform/tflite-runner/tflite-runtime';
import { recipeSchema, type Recipe } from '@shared/model/recipe';
import type { z } from 'zod';
import { appRoot } from '../../../support/runner';
import { temporaryFolder } from '../../../support/temporary-folder';

/** A graph as a model with one signature, its ports named as its values. */
export const modelOf = (graph: Graph): Model => ({
  graphs: [graph],
  signatures: [
    signatureOf(
      'serving_default',
      graph,
      graph.inputs.map(({ name }, index) => ({ name, index })),
      graph.outputs.map((_, index) => ({ name: `y${index}`, index })),
    ),
  ],
  description: '',
  metadata: new Map(),
});

export const recipe = (changes: Partial<z.input<typeof recipeSchema>>): Recipe =>
  recipeSchema.parse({ name: 'test', title: 'Test', precision: 'int8', ...changes });

/** Quantizes with the same range for all values, but those that `ranges` names. */
export const quantized = (
  graph: Graph,
  changes: Partial<z.input<typeof recipeSchema>>,
  ranges: ReadonlyMap<Value, Range> = new Map(),
): QuantizeResult =>
  quantizeModel(modelOf(graph), recipe(changes), (value) => ranges.get(value) ?? { min: -1, max: 1 });

const runtime = new TfliteRunnerRuntime(new RunnerParts(appRoot));

/** Outputs of a model on TFLite's current runtime for one sample of its first input. */
export async function outputsOf(model: Model, input: readonly number[]): Promise<number[][]> {
  const path = join(temporaryFolder(), 'model.tflite');
  writeFileSync(path, await modelBytes(model));
  const [signature] = model.signatures;
  const [port] = signature?.inputs ?? [];
  if (!port) throw new Error('the model has no input');
  const shape = port.value.shape.map((dim) => (dim < 0 ? 1 : dim));
  const { outputs } = await runtime.run({
    modelPath: path,
    inputs: { [port.name]: { dtype: 'float32', shape: [1, ...shape], data: Float32Array.from(input) } },
    xnnpack: false,
  });
  return Object.values(outputs).map(({ data }) => Array.from(data as Float32Array));
}

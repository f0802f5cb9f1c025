import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeModelFiles } from '@main/platform/node/model-files';
import { RunnerParts } from '@main/platform/tflite-runner/parts';
import { RunnerRangeCollector } from '@main/platform/tflite-runner/range-collector';
import { TfliteRunnerRuntime } from '@main/platform/tflite-runner/tflite-runtime';
import { convertModel, writeModel, type Value } from '@main/services/convert';
import { randomDataSet, sampleOf } from '@main/services/data';
import { quantizeModel, type Range } from '@main/services/quantize';
import { recipeSchema } from '@shared/model/recipe';
import type { NamedTensors } from '@shared/model/tensor';

// One quantization in a process of its own: `node script.cjs ROOT MODEL PRECISION SAMPLES`.
const [root = '.', path = '', precision = 'dynamic', count = '100'] = process.argv.slice(2);

/** Linux counts what the process was before it became this program into maxRSS, but not into VmHWM. */
function peakRssKb(): number {
  const status = '/proc/self/status';
  const peak = existsSync(status) ? /VmHWM:\s+(\d+) kB/.exec(readFileSync(status, 'utf8'))?.[1] : undefined;
  return peak === undefined ? process.resourceUsage().maxRSS : Number(peak);
}

async function run(folder: string): Promise<void> {
  const parts = new RunnerParts(root);
  const samples = Number(count);
  const opened = await convertModel({ path }, nodeModelFiles);
  const float = join(folder, 'float.tflite');
  const { tensors } = await writeModel(opened.model, float);
  const [signature] = opened.model.signatures;
  if (!signature) throw new Error('no signature');
  const inputs = signature.inputs.map(({ name, value: { dtype, shape } }) => ({ name, dtype, shape }));
  const data = randomDataSet(inputs, samples);
  const ranges = new Map<Value, Range>();

  const started = performance.now();
  if (precision.startsWith('int')) {
    const each = async function* (): AsyncGenerator<NamedTensors> {
      for (let i = 0; i < samples; i++)
        yield Object.fromEntries(
          Object.entries(await data.slice(i, i + 1)).map(([name, tensor]) => [name, sampleOf(tensor, 0)]),
        );
    };
    const found = await new RunnerRangeCollector(parts, 2).collect({
      modelPath: float,
      signature: signature.key,
      samples: each(),
    });
    const places = new Map(found.map((range) => [`${range.subgraph}:${range.tensor}`, range]));
    for (const [value, { subgraph, tensor }] of tensors) {
      const range = places.get(`${subgraph}:${tensor}`);
      if (range) ranges.set(value, range);
    }
  }
  const recipe = recipeSchema.parse({ name: 'bench', title: 'bench', precision });
  const { model } = quantizeModel(opened.model, recipe, (value) => ranges.get(value));
  const { bytes } = await writeModel(model, join(folder, 'variant.tflite'));
  const quantizeMs = performance.now() - started;
  const peak = peakRssKb();

  // The same samples through the runtime alone, the way calibration runs them.
  const inferenceStarted = performance.now();
  await new TfliteRunnerRuntime(parts).run({
    modelPath: float,
    inputs: await data.slice(0, precision.startsWith('int') ? samples : 1),
    threads: 2,
    xnnpack: true,
  });
  const inferenceMs = performance.now() - inferenceStarted;
  opened.close();
  console.log(JSON.stringify({ quantizeMs, inferenceMs, bytes, peakRssKb: peak }));
}

const folder = mkdtempSync(join(tmpdir(), 'edgebench-quantize-'));
void run(folder).finally(() => rmSync(folder, { recursive: true, force: true }));

import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { calibrate, signatureSpec } from '@main/flow/calibrate';
import { nodeModelFiles } from '@main/platform/node/model-files';
import { RunnerParts } from '@main/platform/tflite-runner/parts';
import { RunnerRangeCollector } from '@main/platform/tflite-runner/range-collector';
import { TfliteRunnerRuntime } from '@main/platform/tflite-runner/tflite-runtime';
import { convertModel, writeModel, type OpenModel } from '@main/services/convert';
import { openDataSet, randomDataSet } from '@main/services/data';
import { encodeNpy } from '@main/services/data/npy';
import { quantizeModel } from '@main/services/quantize';
import { bytesOf } from '@shared/model/dtype';
import { recipeSchema } from '@shared/model/recipe';

// Quantizations in a process of its own: `node script.cjs ROOT MODEL PRECISION SAMPLES COUNT ROUNDS [FLOAT_COPY]`. With the
// precision `samples` it writes COUNT random samples into the file SAMPLES instead, and the float32 conversion to FLOAT_COPY.
const [root = '.', path = '', precision = '', samplesFile = '', count = '100', rounds = '1', floatCopy = ''] =
  process.argv.slice(2);
const PROCESSES = 2;

const peakOf = (status: string): number =>
  Number(/VmHWM:\s+(\d+) kB/.exec(existsSync(status) ? readFileSync(status, 'utf8') : '')?.[1] ?? 0);

/** Highest resident memory of this process and, each at its own time, of the runners that it starts, in KiB; Linux only. */
class Peaks {
  readonly #children = new Map<string, number>();
  readonly #timer = setInterval(() => this.#look(), 10);

  #look(): void {
    for (const pid of this.#childPids())
      this.#children.set(pid, Math.max(this.#children.get(pid) ?? 0, peakOf(`/proc/${pid}/status`)));
  }

  #childPids(): string[] {
    const found = existsSync('/proc/self/task') ? readdirSync('/proc/self/task') : [];
    return found.flatMap((task) => {
      try {
        return readFileSync(`/proc/self/task/${task}/children`, 'utf8').split(' ').filter(Boolean);
      } catch {
        return []; // The thread has ended since.
      }
    });
  }

  /** Linux counts what the process was before it became this program into maxRSS, but not into VmHWM. */
  end(): { own: number; runners: number } {
    clearInterval(this.#timer);
    const own = peakOf('/proc/self/status') || process.resourceUsage().maxRSS;
    return { own, runners: [...this.#children.values()].reduce((sum, kb) => sum + kb, 0) };
  }
}

function inputOf(opened: OpenModel): ReturnType<typeof signatureSpec> {
  const [signature] = opened.model.signatures;
  if (!signature) throw new Error('the model has no signature');
  return signatureSpec(signature);
}

async function writeSamples(opened: OpenModel): Promise<void> {
  const { inputs } = inputOf(opened);
  const [input, ...others] = inputs;
  if (!input || others.length > 0) throw new Error('only models with one input are measured');
  const data = randomDataSet(inputs, Number(count));
  for (let i = 0; i < data.count; i++) {
    const tensor = (await data.slice(i, i + 1))[input.name];
    if (!tensor) throw new Error('no sample');
    if (i === 0) {
      const shape = [data.count, ...tensor.shape.slice(1)];
      writeFileSync(samplesFile, encodeNpy({ ...tensor, shape, data: tensor.data.subarray(0, 0) }));
    }
    appendFileSync(samplesFile, bytesOf(tensor.data));
  }
  await writeModel(opened.model, floatCopy);
}

async function measure(opened: OpenModel, folder: string): Promise<object> {
  const parts = new RunnerParts(root);
  const float = join(folder, 'float.tflite');
  const { tensors } = await writeModel(opened.model, float);
  const maxSamples = Number(count);
  const recipe = recipeSchema.parse({
    name: 'bench',
    title: 'bench',
    precision,
    calibration: { maxSamples },
  });
  const collector = new RunnerRangeCollector(parts, PROCESSES);
  const peaks = new Peaks();
  const [quantizeMs, inferenceMs]: [number[], number[]] = [[], []];
  let bytes = 0;
  for (let round = 0; round < Number(rounds); round++) {
    const started = performance.now();
    const { ranges } = await calibrate(
      { model: opened.model, path: float, tensors, recipes: [recipe], data: samplesFile },
      collector,
      () => undefined,
      undefined,
    );
    const { model } = quantizeModel(opened.model, recipe, (value) => ranges.get(recipe)?.get(value));
    ({ bytes } = await writeModel(model, join(folder, 'variant.tflite')));
    quantizeMs.push(performance.now() - started);
    if (!precision.startsWith('int') || Number(rounds) === 1) continue;
    const data = await openDataSet(samplesFile, inputOf(opened).inputs);
    const inputs = await data.slice(0, maxSamples);
    await data.close();
    // The same samples through the runtime alone, with as many threads.
    const inferenceStarted = performance.now();
    await new TfliteRunnerRuntime(parts).run({ modelPath: float, inputs, threads: PROCESSES, xnnpack: true });
    inferenceMs.push(performance.now() - inferenceStarted);
  }
  return { quantizeMs, inferenceMs, bytes, peakKb: peaks.end() };
}

async function run(folder: string): Promise<void> {
  const opened = await convertModel({ path }, nodeModelFiles);
  try {
    if (precision === 'samples') await writeSamples(opened);
    else console.log(JSON.stringify(await measure(opened, folder)));
  } finally {
    opened.close();
  }
}

const folder = mkdtempSync(join(tmpdir(), 'edgebench-quantize-'));
void run(folder).finally(() => rmSync(folder, { recursive: true, force: true }));

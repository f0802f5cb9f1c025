import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { nodeModelFiles } from '@main/platform/node/model-files';
import { RunnerParts } from '@main/platform/tflite-runner/parts';
import { runRunner } from '@main/platform/tflite-runner/runner-process';
import { convertModel, writeModel } from '@main/services/convert';

// `node script.cjs ROOT GOLDEN WORK LAUNCHES MODEL...`: latency of our conversions against the reference files, in launches
// that take turns (ours, reference, reference, ours), so that a drift of the machine's speed meets both.
const [root = '', golden = '', work = '', launches = '', ...models] = process.argv.slice(2);

const OPTIONS = { threads: 1, 'warmup-runs': 20, 'min-samples': 200, 'min-seconds': 1 };
const parts = new RunnerParts(root).files();

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;

/** Nanoseconds of every run of one launch. */
async function launch(modelPath: string, delegate: string): Promise<number[]> {
  const samples: number[] = [];
  await runRunner({
    ...parts,
    mode: 'bench',
    modelPath,
    options: { ...OPTIONS, delegate },
    onEvent: (event) => {
      if (event.ev === 'samples') samples.push(...event.ns);
    },
  });
  return samples.sort((a, b) => a - b);
}

async function compare(name: string, delegate: string): Promise<void> {
  const ours = join(work, `${name}.tflite`);
  const reference = join(golden, name, 'ref', 'float32.tflite');
  if (!existsSync(reference)) throw new Error(`there is no reference file '${reference}'`);
  const opened = await convertModel({ path: join(golden, name, 'saved_model') }, nodeModelFiles);
  await writeModel(opened.model, ours);
  opened.close();
  const medians: Record<'ours' | 'reference', number[]> = { ours: [], reference: [] };
  const fastest = { ours: Infinity, reference: Infinity };
  for (let i = 0; i < Number(launches); i++)
    for (const who of i % 2 === 0 ? (['ours', 'reference'] as const) : (['reference', 'ours'] as const)) {
      const sorted = await launch(who === 'ours' ? ours : reference, delegate);
      medians[who].push(quantile(sorted, 0.5));
      fastest[who] = Math.min(fastest[who], quantile(sorted, 0.05));
    }
  const ratios = medians.ours.map((ns, i) => ns / (medians.reference[i] ?? NaN)).sort((a, b) => a - b);
  const micros = (ns: number): number => Math.round(ns / 100) / 10;
  console.log(
    JSON.stringify({
      model: name,
      delegate,
      'ours us': micros(
        quantile(
          medians.ours.sort((a, b) => a - b),
          0.5,
        ),
      ),
      'reference us': micros(
        quantile(
          medians.reference.sort((a, b) => a - b),
          0.5,
        ),
      ),
      'ratio of medians': Number(quantile(ratios, 0.5).toFixed(3)),
      'ratio of fastest': Number((fastest.ours / fastest.reference).toFixed(3)),
    }),
  );
}

async function run(): Promise<void> {
  for (const model of models) for (const delegate of ['xnnpack', 'none']) await compare(model, delegate);
}

void run();

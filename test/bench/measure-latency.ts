import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { tfliteLibrary } from '@main/platform/node/native-parts';
import { nodeModelFiles } from '@main/platform/node/model-files';
import { convertModel, writeModel } from '@main/services/convert';
import { seededRandom } from '@test/support/random';

// `node script.cjs PROGRAM GOLDEN WORK MODEL...`: latency of our conversions against the reference files. PROGRAM is the
// built turn-about.c: both files in one process, in blocks that take turns, so that a drift of the machine's speed meets both.
const [program = '', golden = '', work = '', ...models] = process.argv.slice(2);

/** Processes per row: each lays out its memory anew, and every second one loads the reference first. */
const LAUNCHES = 6;
const PAIRS = 36;
const BLOCK_US = 18_000;
const RESAMPLES = 2000;

interface Pair {
  readonly ours: number;
  readonly reference: number;
}

const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(share * values.length))] ?? NaN;
const median = (values: readonly number[]): number => quantile(values, 0.5);

/** Nanoseconds of each pair of blocks of one process. */
function launch(ours: string, reference: string, delegate: string, swapped: boolean): Pair[] {
  const files = swapped ? [reference, ours] : [ours, reference];
  const options = [delegate === 'xnnpack' ? '1' : '0', String(PAIRS), String(BLOCK_US)];
  const output = execFileSync(program, [tfliteLibrary().path, ...files, ...options], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return output
    .trim()
    .split('\n')
    .map((line) => line.split(' ').map(Number))
    .map(([first = NaN, second = NaN]) =>
      swapped ? { ours: second, reference: first } : { ours: first, reference: second },
    );
}

/** 95 % interval of the median ratio: processes are drawn again, and pairs in each of them. */
function interval(launches: readonly (readonly number[])[]): [low: number, high: number] {
  const random = seededRandom(1);
  const draw = <T>(from: readonly T[]): T[] =>
    Array.from(from, () => from[Math.floor(random() * from.length)] as T);
  const medians = Array.from({ length: RESAMPLES }, () => median(draw(launches).flatMap(draw)));
  return [quantile(medians, 0.025), quantile(medians, 0.975)];
}

async function compare(name: string, delegate: string): Promise<string[]> {
  const ours = join(work, `${name}.tflite`);
  const reference = join(golden, name, 'ref', 'float32.tflite');
  if (!existsSync(reference)) throw new Error(`there is no reference file '${reference}'`);
  if (!existsSync(ours)) {
    const opened = await convertModel({ path: join(golden, name, 'saved_model') }, nodeModelFiles);
    await writeModel(opened.model, ours);
    opened.close();
  }
  const launches = Array.from({ length: LAUNCHES }, (_, i) => launch(ours, reference, delegate, i % 2 === 1));
  const pairs = launches.flat();
  const ratios = launches.map((each) => each.map((pair) => pair.ours / pair.reference));
  const [low, high] = interval(ratios);
  const micros = (ns: number): string => (ns / 1000).toFixed(1);
  return [
    name,
    delegate,
    micros(median(pairs.map((pair) => pair.ours))),
    micros(median(pairs.map((pair) => pair.reference))),
    median(ratios.flat()).toFixed(3),
    `${low.toFixed(3)} to ${high.toFixed(3)}`,
    String(pairs.length),
  ];
}

async function run(): Promise<void> {
  const widths = [Math.max(5, ...models.map(({ length }) => length)), 8, 9, 12, 7, 16, 5];
  const print = (cells: readonly string[]): void =>
    console.log(cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  '));
  print(['model', 'delegate', 'ours us', 'reference us', 'ratio', '95 % interval', 'pairs']);
  for (const model of models)
    for (const delegate of ['xnnpack', 'none']) print(await compare(model, delegate));
}

void run();

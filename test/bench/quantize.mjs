// npm run bench:quantize [-- MODEL...]: time and memory of quantization, as a table. Everything that is compared is measured
// in the same run: calibration with 100 samples against the runtime's own 100 inferences on them, and the peak of memory
// with 500 samples against that with 50.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from './bundle.mjs';

const REPEATS = 3;
const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const work = mkdtempSync(join(tmpdir(), 'edgebench-bench-'));
const child = await bundle(root, 'quantize-child', work);

function run(model, precision, samples) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [child, root, model, precision, String(samples)],
    {
      encoding: 'utf8',
      // The bundle is in a temporary folder, away from the packages.
      env: { ...process.env, NODE_PATH: join(root, 'node_modules') },
    },
  );
  if (status !== 0)
    throw new Error(`${model} ${precision}: ${stderr.trim().split('\n').slice(-3).join(' ')}`);
  return JSON.parse(stdout.trim().split('\n').at(-1));
}

const medianBy = (runs, key) =>
  runs.map((each) => each[key]).toSorted((a, b) => a - b)[Math.floor(runs.length / 2)];

const golden = [process.env['EDGEBENCH_GOLDEN'], '../shared/golden', '../../shared/golden']
  .filter((place) => place !== undefined)
  .map((place) => resolve(root, place))
  .find((place) => existsSync(join(place, 'index.json')));
const models = process.argv.slice(2).map((path) => resolve(path));
if (models.length === 0) {
  if (golden !== undefined)
    for (const name of ['mobilenet_v1_0.25_128', 'mobilenet_v2_0.35_96'])
      models.push(join(golden, name, 'saved_model'));
  else models.push(join(root, 'resources/samples/digits/saved_model'));
  for (const name of ['MobileNetV2', 'resnet-sized']) {
    const made = join(root, 'out/bench-models', name);
    if (existsSync(made)) models.push(made);
  }
}

console.log(
  `medians of ${REPEATS}; ratio: time with 100 samples by the runtime's own 100 inferences in the same run`,
);
const rows = [
  ['model', 'precision', 'quantize s', '100 inferences s', 'ratio', 'bytes', 'peak MB at 500 - at 50'],
];
for (const model of models) {
  const name = basename(model) === 'saved_model' ? basename(dirname(model)) : basename(model);
  for (const precision of ['float16', 'dynamic', 'int8', 'int16x8']) {
    const runs = Array.from({ length: REPEATS }, () => run(model, precision, 100));
    const [seconds, inference] = [medianBy(runs, 'quantizeMs') / 1000, medianBy(runs, 'inferenceMs') / 1000];
    const isInteger = precision.startsWith('int');
    const growth =
      precision === 'int8'
        ? (medianBy(
            Array.from({ length: REPEATS }, () => run(model, precision, 500)),
            'peakRssKb',
          ) -
            medianBy(
              Array.from({ length: REPEATS }, () => run(model, precision, 50)),
              'peakRssKb',
            )) /
          1024
        : undefined;
    rows.push([
      name,
      precision,
      seconds.toFixed(3),
      isInteger ? inference.toFixed(3) : '',
      isInteger ? (seconds / inference).toFixed(2) : '',
      String(runs[0].bytes),
      growth === undefined ? '' : growth.toFixed(1),
    ]);
  }
}
const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)));
for (const row of rows) console.log(row.map((cell, i) => cell.padEnd(widths[i])).join('  '));
rmSync(work, { recursive: true, force: true });

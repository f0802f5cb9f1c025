// npm run bench:convert [-- MODEL...]: time, processor time and peak memory of whole `edgebench convert` processes, as a table.
// "process" is what TensorFlow's converter does too: a conversion without validation (--no-validate); "conversion" is the part
// of it from opening the model to the written file. "validated" is the same command as it is without that flag: with the
// comparison against the original, which starts TensorFlow and has no counterpart there. Beside them stand the recorded figures
// of TensorFlow's converter and, where a Python with TensorFlow is found (EDGEBENCH_PYTHON or python3), a live run of it on the
// same model. Linear growth is shown on chains of 10 to 10,000 operators, and a model of more than 1 GB in one constant shows
// memory against weights, the longest silence between reports of progress, and how soon a cancel ends the work.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from './bundle.mjs';

const REPEATS = 3;
const CHAINS = [10, 100, 1000, 10_000];
/** One dense layer of zeros, 1.12 GB. */
const LARGE = { rows: 20_000, columns: 14_000 };

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const work = mkdtempSync(join(tmpdir(), 'edgebench-bench-'));
const models = join(root, 'out/bench-models');
const python = process.env['EDGEBENCH_PYTHON'] ?? 'python3';

function run(command, args) {
  const started = performance.now();
  const child = spawnSync(command, args, {
    encoding: 'utf8',
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3', CUDA_VISIBLE_DEVICES: '' },
    maxBuffer: 1 << 26,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const seconds = (performance.now() - started) / 1000;
  if (child.error) return { failed: child.error.message };
  if (child.status !== 0) return { failed: child.stderr.trim().split('\n').slice(-3).join(' ') };
  return { seconds, ...jsonOf(child.stdout.trim().split('\n').at(-1)), ...jsonOf(child.output[3]) };
}

const jsonOf = (text) => (text?.startsWith('{') ? JSON.parse(text) : {});

/** One `edgebench convert`; its figures are its own, not those of processes that it starts. */
function convert(path, ...flags) {
  const own = ['--json', '--data-dir', join(work, 'data')];
  const result = run(node, ['-r', hook, cli, ...own, 'convert', path, '-o', out, ...flags]);
  const [variant] = result.variants ?? [];
  if (variant === undefined) return { failed: result.failed ?? 'no variant was made' };
  return {
    ...result,
    bytes: variant.bytes,
    convertMs: variant.convertMs,
    operators: variant.operators.reduce((sum, { count }) => sum + count, 0),
  };
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

function repeated(once, repeats = REPEATS) {
  const runs = Array.from({ length: repeats }, once);
  const failed = runs.find((each) => each.failed !== undefined);
  if (failed) return failed;
  const middle = (key) => median(runs.map((each) => each[key]));
  return {
    ...runs.at(-1),
    seconds: middle('seconds'),
    cpuSeconds: middle('cpuSeconds'),
    convertMs: middle('convertMs'),
    peakRssKb: middle('peakRssKb'),
  };
}

const TENSORFLOW = `
import json, resource, sys
import tensorflow as tf
data = tf.lite.TFLiteConverter.from_saved_model(sys.argv[1]).convert()
open(sys.argv[2], 'wb').write(data)
rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps({'bytes': len(data), 'peakRssKb': rss // 1024 if sys.platform == 'darwin' else rss}))
`;
const KERAS_MODEL = `
import sys, keras
keras.utils.set_random_seed(1)
getattr(keras.applications, sys.argv[1])(weights=None).export(sys.argv[2], verbose=False)
`;

const hasTensorflow = spawnSync(python, ['-c', 'import tensorflow'], { encoding: 'utf8' }).status === 0;
const node = process.execPath;
const hook = join(root, 'test/bench/usage-hook.cjs');
const cli = join(root, 'out/main/cli.js');
const built = run(node, [join(root, 'node_modules/electron-vite/bin/electron-vite.js'), 'build']);
if (built.failed !== undefined) throw new Error(built.failed);
const child = await bundle(root, 'convert-child', work);
const watcher = await bundle(root, 'watch-convert', work);
const maker = await bundle(root, 'make-models', work);
const out = join(work, 'out.tflite');

/** `name` is that of a folder that is kept for the next time, or a path of its own. */
function made(name, kind, size = {}) {
  const folder = resolve(models, name);
  const { failed } = run(node, ['--max-old-space-size=8192', maker, folder, kind, JSON.stringify(size)]);
  if (failed !== undefined) throw new Error(failed);
  return folder;
}

function fromKeras(name) {
  const folder = join(models, name);
  if (!existsSync(join(folder, 'saved_model.pb'))) {
    mkdirSync(models, { recursive: true });
    const { failed } = run(python, ['-c', KERAS_MODEL, name, folder]);
    if (failed !== undefined) throw new Error(failed);
  }
  return folder;
}

const golden = [process.env['EDGEBENCH_GOLDEN'], '../shared/golden', '../../shared/golden']
  .filter((place) => place !== undefined)
  .map((place) => resolve(root, place))
  .find((place) => existsSync(join(place, 'index.json')));
const recorded = new Map();
if (golden !== undefined)
  for (const result of JSON.parse(readFileSync(join(golden, 'reference-timings.json'), 'utf8')).results)
    if (result.mode === 'float32') recorded.set(result.model, result);

/** [what it is called, its path, its name in the recorded timings] */
const cases = process.argv.slice(2).map((path) => [basename(path), resolve(path), undefined]);
if (cases.length === 0) {
  if (golden !== undefined)
    for (const name of ['digits_cnn', 'mobilenet_v1_0.25_128', 'mobilenet_v2_0.35_96'])
      cases.push([name, join(golden, name, 'saved_model'), name]);
  if (hasTensorflow) {
    cases.push(['MobileNetV2 1.0 224', fromKeras('MobileNetV2'), 'mobilenet_v2_1.0_224']);
    cases.push(['ResNet50 224', fromKeras('ResNet50'), 'resnet50_224']);
  } else {
    cases.push(['as MobileNetV2 1.0', made('mobilenet-sized', 'mobilenet-sized'), 'mobilenet_v2_1.0_224']);
    cases.push(['as large as ResNet50', made('resnet-sized', 'resnet-sized'), 'resnet50_224']);
  }
}

const floor = repeated(() => run(node, ['-r', hook, '-e', '0']));
const megabytes = (kilobytes) => (kilobytes / 1024).toFixed(0);
console.log(
  `floor of a Node process: ${floor.seconds.toFixed(2)} s, ${megabytes(floor.peakRssKb)} MB; medians of ${REPEATS}`,
);
const rows = [
  [
    'model',
    'operators',
    'bytes',
    'process s',
    'processor s',
    'conversion s',
    'validated s',
    'peak MB',
    'above floor',
    'recorded TF s / MB',
    'live TF s / MB',
    'faster',
  ],
];
for (const [title, path, name] of cases) {
  const ours = repeated(() => convert(path, '--no-validate'));
  if (ours.failed !== undefined) {
    rows.push([title, ours.failed.slice(0, 100)]);
    continue;
  }
  // Models that are only large have nothing to say about validation, and take minutes.
  const validated = golden !== undefined && path.startsWith(golden) ? convert(path) : {};
  const reference = recorded.get(name);
  const live = hasTensorflow ? run(python, ['-c', TENSORFLOW, path, out]) : undefined;
  const other = live?.seconds ?? reference?.process_seconds;
  rows.push([
    title,
    ours.operators,
    ours.bytes,
    ours.seconds.toFixed(2),
    ours.cpuSeconds.toFixed(2),
    (ours.convertMs / 1000).toFixed(2),
    validated.seconds?.toFixed(2) ?? '-',
    megabytes(ours.peakRssKb),
    megabytes(ours.peakRssKb - floor.peakRssKb),
    reference ? `${reference.process_seconds} / ${reference.rss_peak_mb}` : '-',
    live?.seconds === undefined ? '-' : `${live.seconds.toFixed(2)} / ${megabytes(live.peakRssKb)}`,
    other === undefined ? '-' : `${(other / ours.seconds).toFixed(1)}x`,
  ]);
}
print(rows);

if (process.argv.length === 2) {
  const chains = [['chain of', 'process s', 'convert s', 'peak MB', 'convert time against the one before']];
  let before;
  for (const count of CHAINS) {
    const path = made(`chain-${count}`, 'chain', { length: count });
    const ours = repeated(() => run(node, [child, path, out]));
    if (ours.failed !== undefined) throw new Error(ours.failed);
    chains.push([
      ours.operators,
      ours.seconds.toFixed(2),
      (ours.convertMs / 1000).toFixed(3),
      megabytes(ours.peakRssKb),
      before === undefined ? '-' : `${(ours.convertMs / before).toFixed(1)}x`,
    ]);
    before = ours.convertMs;
  }
  print(chains);

  const watched = [
    [
      'watched from outside',
      'file MB',
      'process s',
      'peak MB',
      'above floor / weights',
      'reports',
      'longest silence s',
      'cancel: answered ms',
      'worker gone ms',
      'command gone ms',
    ],
  ];
  for (const [title, path] of [
    ...cases.slice(-2),
    ['1.1 GB in one constant', made(join(work, 'large'), 'dense', LARGE)],
  ]) {
    const ours = convert(path, '--no-validate');
    const seen = ours.failed === undefined ? run(node, [watcher, path, work, cli]) : ours;
    if (seen.failed !== undefined) {
      watched.push([title, seen.failed.slice(0, 100)]);
      continue;
    }
    const above = (ours.peakRssKb - floor.peakRssKb) * 1024;
    watched.push([
      title,
      (ours.bytes / 1e6).toFixed(0),
      ours.seconds.toFixed(2),
      megabytes(ours.peakRssKb),
      `${(above / ours.bytes).toFixed(2)}x`,
      seen.reports,
      (seen.largestGapMs / 1000).toFixed(2),
      seen.answerMs?.toFixed(0) ?? '-',
      seen.workerGoneMs?.toFixed(0) ?? '-',
      seen.commandGoneMs?.toFixed(0) ?? '-',
    ]);
  }
  print(watched);
}
rmSync(work, { recursive: true, force: true });

function print(table) {
  const widths = table[0].map((_, i) => Math.max(...table.map((row) => String(row[i] ?? '').length)));
  console.log('');
  for (const row of table) console.log(row.map((cell, i) => String(cell).padEnd(widths[i])).join('  '));
}

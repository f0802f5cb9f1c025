// npm run bench:quantize [-- MODEL...]: time and memory of quantization, a row as soon as it is known, within 4 minutes in all.
// Everything that is compared is measured in the same run: calibration with 100 samples against the runtime's own 100 inferences
// on them with as many threads, and the peak of memory (this process and the runners) with 500 samples against that with 50.
// Where a Python with ai-edge-quantizer is found (EDGEBENCH_PYTHON or python3), it quantizes the same float32 file on the same
// samples, after its imports. "dynamic" and "float16" are what quantizing costs beyond conversion, in a fresh process.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from './bundle.mjs';

const ROUNDS = 3;
const SAMPLES = 100;
const MOST_SECONDS = 235;
const started = performance.now();
const secondsLeft = () => MOST_SECONDS - (performance.now() - started) / 1000;

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const work = mkdtempSync(join(tmpdir(), 'edgebench-bench-'));
const samples = join(work, 'samples.npy');
const float = join(work, 'float.tflite');
const python = process.env['EDGEBENCH_PYTHON'] ?? 'python3';

const AI_EDGE_QUANTIZER = `
import json, sys, time
import numpy as np
from ai_edge_litert.interpreter import Interpreter
from ai_edge_quantizer import quantizer, recipe
path, samples, rounds = sys.argv[1], np.load(sys.argv[2])[:int(sys.argv[3])], int(sys.argv[4])
interpreter = Interpreter(path, num_threads=2)
runner = interpreter.get_signature_runner()
name = list(runner.get_input_details())[0]
data = {list(interpreter.get_signature_list())[0]: [{name: sample} for sample in samples]}
def dynamic():
  q = quantizer.Quantizer(path)
  q.load_quantization_recipe(recipe.dynamic_wi8_afp32())
  return q.quantize().quantized_model
def static():
  q = quantizer.Quantizer(path)
  q.load_quantization_recipe(recipe.static_wi8_ai8())
  return q.quantize(q.calibrate(data)).quantized_model
out = {}
for kind, make in (('dynamic', dynamic), ('int8', static)):
  seconds = []
  for _ in range(rounds):
    begun = time.perf_counter()
    made = make()
    seconds.append(time.perf_counter() - begun)
  out[kind] = {'seconds': sorted(seconds)[len(seconds) // 2], 'bytes': len(made)}
print(json.dumps(out))
`;

function run(command, args) {
  const { status, error, stdout, stderr } = spawnSync(command, args, {
    encoding: 'utf8',
    timeout: Math.max(1, Math.round(secondsLeft() * 1000)),
    // The bundle is in a temporary folder, away from the packages.
    env: { ...process.env, NODE_PATH: join(root, 'node_modules'), TF_CPP_MIN_LOG_LEVEL: '3' },
  });
  if (error) return { failed: error.code === 'ETIMEDOUT' ? 'the 4 minutes are over' : error.message };
  if (status !== 0) return { failed: stderr.trim().split('\n').slice(-3).join(' ') };
  const last = stdout.trim().split('\n').at(-1);
  return last?.startsWith('{') ? JSON.parse(last) : {};
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

const COLUMNS = [
  ['model', 22],
  ['precision', 9],
  ['quantize s', 10],
  ['100 inferences s', 16],
  ['ratio', 5],
  ['ai-edge-quantizer s', 19],
  ['of it', 5],
  ['bytes', 8],
  ['its bytes', 9],
  ['peak MB at 50, at 500', 21],
];
const print = (cells) =>
  console.log(COLUMNS.map(([name, width]) => String(cells[name] ?? '').padEnd(width)).join('  '));

function measure(child, path, title) {
  const ours = (precision, count, rounds) =>
    run(process.execPath, [child, root, path, precision, samples, String(count), String(rounds), float]);
  const made = ours('samples', 500, 1);
  if (made.failed !== undefined) {
    print({ model: title, precision: made.failed.slice(0, 150) });
    return;
  }
  const other = hasQuantizer
    ? run(python, ['-c', AI_EDGE_QUANTIZER, float, samples, String(SAMPLES), String(ROUNDS)])
    : {};
  if (other.failed !== undefined) print({ model: title, precision: `ai-edge-quantizer: ${other.failed}` });
  for (const precision of ['float16', 'dynamic', 'int8', 'int16x8'])
    print({ model: title, precision, ...row(ours, precision, other[precision]) });
}

function row(ours, precision, other) {
  const isInteger = precision.startsWith('int');
  const runs = isInteger
    ? [ours(precision, SAMPLES, ROUNDS)]
    : Array.from({ length: ROUNDS }, () => ours(precision, SAMPLES, 1));
  const failed = runs.find((each) => each.failed !== undefined)?.failed;
  if (failed !== undefined) return { 'quantize s': `not measured: ${failed.slice(0, 150)}` };
  const seconds = median(runs.flatMap((each) => each.quantizeMs)) / 1000;
  const cells = { 'quantize s': seconds.toFixed(3), bytes: runs[0].bytes };
  if (isInteger) {
    const inference = median(runs[0].inferenceMs) / 1000;
    cells['100 inferences s'] = inference.toFixed(3);
    cells['ratio'] = (seconds / inference).toFixed(2);
  }
  if (other) {
    cells['ai-edge-quantizer s'] = other.seconds.toFixed(3);
    cells['of it'] = (seconds / other.seconds).toFixed(2);
    cells['its bytes'] = other.bytes;
  }
  if (precision === 'int8') cells['peak MB at 50, at 500'] = growth(ours);
  return cells;
}

function growth(ours) {
  const peak = (count) => ours('int8', count, 1).peakKb;
  const [few, many] = [peak(50), peak(500)];
  if (!few?.runners || !many?.runners) return few && many ? 'Linux only' : 'not measured';
  const megabytes = ({ own, runners }) => (own + runners) / 1024;
  return `${megabytes(few).toFixed(1)}, ${(megabytes(many) - megabytes(few)).toFixed(1)} more`;
}

const golden = [process.env['EDGEBENCH_GOLDEN'], '../shared/golden', '../../shared/golden']
  .filter((place) => place !== undefined)
  .map((place) => resolve(root, place))
  .find((place) => existsSync(join(place, 'index.json')));

/** [title, path] of what is measured: what was asked for, or small and large models that can be had here. */
function models() {
  const given = process.argv.slice(2).map((path) => resolve(path));
  if (given.length > 0)
    return given.map((path) => [basename(basename(path) === 'saved_model' ? dirname(path) : path), path]);
  const found = [];
  const large = join(root, 'out/bench-models/MobileNetV2');
  if (!existsSync(large)) {
    mkdirSync(dirname(large), { recursive: true });
    run(python, [
      '-c',
      `import sys, keras; keras.applications.MobileNetV2(weights=None).export(sys.argv[1], verbose=False)`,
      large,
    ]);
  }
  if (existsSync(join(large, 'saved_model.pb'))) found.push(['MobileNetV2 1.0 224', large]);
  if (golden === undefined) found.push(['digits', join(root, 'resources/samples/digits/saved_model')]);
  else
    for (const name of ['mobilenet_v2_0.35_96', 'mobilenet_v1_0.25_128'])
      found.push([name, join(golden, name, 'saved_model')]);
  return found;
}

const runner = run(process.execPath, [
  join(root, 'runner/build.mjs'),
  'host',
  join(root, 'out/runner/edgebench-runner'),
]);
if (runner.failed !== undefined) throw new Error(runner.failed);
const hasQuantizer = spawnSync(python, ['-c', 'import ai_edge_quantizer, ai_edge_litert']).status === 0;
console.log(
  hasQuantizer
    ? 'ai-edge-quantizer is measured side by side'
    : `no ai-edge-quantizer in ${python}: EDGEBENCH_PYTHON names a Python that has it`,
);
try {
  const child = await bundle(root, 'quantize-child', work);
  print(Object.fromEntries(COLUMNS.map(([name]) => [name, name])));
  for (const [title, path] of models()) {
    if (secondsLeft() > 5) measure(child, path, title);
    else print({ model: title, precision: 'not measured: the 4 minutes are over' });
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}

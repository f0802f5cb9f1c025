// npm run bench:latency [-- MODEL...]: latency of our float32 conversions against those of TensorFlow's converter, on this
// computer's TFLite 2.21 with one thread, with XNNPACK and without. Both files are in one process and take turns; the ratio is
// the median over pairs of blocks, with its bootstrap interval. About ten seconds a row. Needs a C compiler.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from './bundle.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const golden = [process.env['EDGEBENCH_GOLDEN'], '../shared/golden', '../../shared/golden']
  .filter((place) => place !== undefined)
  .map((place) => resolve(root, place))
  .find((place) => existsSync(join(place, 'index.json')));
if (golden === undefined)
  throw new Error('there are no reference files here; EDGEBENCH_GOLDEN says where they are');
const named = process.argv.slice(2);
const models = named.length > 0 ? named : ['digits_cnn', 'mobilenet_v1_0.25_128', 'mobilenet_v2_0.35_96'];

const work = mkdtempSync(join(tmpdir(), 'edgebench-bench-'));
try {
  const program = join(work, 'turn-about');
  const source = join(root, 'test/bench/turn-about.c');
  const built = spawnSync('cc', ['-O2', '-o', program, source, '-ldl'], { encoding: 'utf8' });
  if (built.status !== 0) throw new Error(built.error?.message ?? built.stderr);
  const script = await bundle(root, 'measure-latency', work);
  const { status } = spawnSync(process.execPath, [script, program, golden, work, ...models], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  process.exitCode = status ?? 1;
} finally {
  rmSync(work, { recursive: true, force: true });
}

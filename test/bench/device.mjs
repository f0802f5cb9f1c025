// npm run bench:device: the figures that measuring on devices rests on, each beside its bar. Pushes and inferences are timed turn
// about with their counterparts (adb push; a plain C loop over the same interpreter), so that ratios hold on a busy machine.
// "npm run bench:device -- push tracking timing" names the parts wanted; all of them without. Needs Linux with a C compiler; the
// figures of devices need the test device (test/device).
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const work = join(root, 'out', 'bench-device');
const scratch = mkdtempSync(join(tmpdir(), 'edgebench-bench-'));

function run(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (error || status !== 0) throw new Error(`${command} failed: ${error?.message ?? `status ${status}`}`);
}

try {
  await build({
    configFile: false,
    root,
    logLevel: 'error',
    resolve: {
      alias: {
        '@shared': join(root, 'src/shared'),
        '@main': join(root, 'src/main'),
        '@test': join(root, 'test'),
      },
    },
    build: {
      ssr: join(root, 'test/bench/device.ts'),
      outDir: work,
      minify: false,
      rollupOptions: { output: { format: 'cjs', entryFileNames: 'device.cjs', codeSplitting: false } },
    },
  });
  run(process.execPath, [join(root, 'runner/build.mjs'), 'host']);
  run(process.execPath, [
    join(root, 'build/edgebench.mjs'),
    'convert',
    'resources/samples/digits/digits.keras',
    '--recipe',
    'float32',
    '--out',
    join(scratch, 'digits.tflite'),
  ]);
  const loop = join(scratch, 'paired-loop');
  const sources = readdirSync(join(root, 'runner/src'))
    .filter((name) => name.endsWith('.c') && name !== 'main.c' && name !== 'bench.c')
    .map((name) => join(root, 'runner/src', name));
  // As the runner itself is built.
  run('cc', ['-O3', '-o', loop, join(root, 'test/bench/paired-loop.c'), ...sources, '-ldl', '-lm']);
  run(process.execPath, [
    join(work, 'device.cjs'),
    root,
    loop,
    join(scratch, 'digits.tflite'),
    ...process.argv.slice(2),
  ]);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

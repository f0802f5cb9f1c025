import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './places.mjs';
import { Problem } from './problem.mjs';
import { failureLine, run } from './run.mjs';
import { hashOfTree, readStamp, writeStamp } from './tree-hash.mjs';

const script = join(root, 'runner', 'build.mjs');
const binary = join(
  root,
  'out',
  'runner',
  process.platform === 'win32' ? 'edgebench-runner.exe' : 'edgebench-runner',
);
const stamp = join(root, 'out', 'runner', 'sources.hash');
const sources = () => hashOfTree(root, ['runner']);

/** The measuring program for this computer, from the same C source that runs on devices. */
export const runner = {
  id: 'runner',
  title: 'runner for this computer',
  lost: 'benchmarks on this computer and validation on the current TFLite (Android devices are not affected)',
  ready: () => existsSync(binary) && readStamp(stamp) === sources(),
  make,
};

async function make(report) {
  const { code, tail } = await run(process.execPath, [script, 'host'], { cwd: root });
  if (code !== 0 || !existsSync(binary)) throw new Problem(`it could not be built: ${failureLine(tail)}`);
  writeStamp(stamp, sources());
  report.say('built');
}

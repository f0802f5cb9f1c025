import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './places.mjs';
import { Problem, reasonOf } from './problem.mjs';
import { failureLine, run } from './run.mjs';
import { fetchTflite, hasTflite } from './tflite.mjs';
import { hashOfTree, readStamp, writeStamp } from './tree-hash.mjs';

const NO_COMPILER = 77;
const script = join(root, 'runner', 'build.mjs');
const stamp = join(root, 'out', 'runner', 'glibc', 'sources.hash');
const sources = () => hashOfTree(root, ['runner']);
/** ABIs, and TFLite's name of Linux on such a processor: phones'. What emulators need, the usual runner has. */
const targets = { 'arm64-v8a': 'linux-arm64' };
const folderOf = (abi) => join(root, 'out', 'runner', 'glibc', abi);
const isBuilt = (abi) => existsSync(folderOf(abi)) && readdirSync(folderOf(abi)).includes('edgebench-runner');

/** The runner with a C library of its own: for what processors this machine has a compiler, and no more. */
export const glibcRunner = {
  id: 'glibc-runner',
  title: 'runner with a C library of its own',
  lost: 'a second way to start the runner, on Android devices where the usual one does not work',
  ready: () => readStamp(stamp) === sources(),
  make,
};

async function make(report) {
  const failed = [];
  for (const [abi, target] of Object.entries(targets)) {
    const { code, tail } = await run(process.execPath, [script, 'glibc', abi], { cwd: root });
    if (code === NO_COMPILER) continue;
    if (code !== 0) throw new Problem(`it could not be built: ${failureLine(tail)}`);
    try {
      if (!hasTflite(target)) await fetchTflite(target, report);
    } catch (error) {
      failed.push(`${target}: ${reasonOf(error)}`);
    }
  }
  if (failed.length > 0) throw new Problem(failed.join('; '));
  writeStamp(stamp, sources());
  const built = Object.keys(targets).filter(isBuilt);
  report.say(
    built.length > 0
      ? `built for ${built.join(' and ')}`
      : 'no compiler for devices is here, so there is none',
  );
}

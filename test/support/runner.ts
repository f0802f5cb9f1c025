import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { nodeLocalFiles } from '@main/platform/node/local-files';
import { runnerKits } from '@main/platform/tflite-runner/kits';
import { RunnerParts } from '@main/platform/tflite-runner/parts';
import { runnerOf, type RunnerParts as MadeFrom } from '@main/services/bench';

export const appRoot = resolve(__dirname, '../..');

/** Builds the runner if its sources have changed; why it cannot be used, or undefined when it can. */
export function prepareRunner(): string | undefined {
  const built = spawnSync(process.execPath, ['runner/build.mjs', 'host'], { cwd: appRoot, encoding: 'utf8' });
  if (built.status !== 0 && built.status !== 77) throw new Error(built.stderr);
  return new RunnerParts(appRoot).unavailable();
}

export const runnerParts: MadeFrom = {
  files: nodeLocalFiles,
  kits: (device) => runnerKits(appRoot, new RunnerParts(appRoot), device),
};

/** Our own runner for any target. */
export const ourRunner = () => runnerOf({ name: 'edgebench' }, runnerParts);

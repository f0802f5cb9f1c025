import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createRequire } from 'node:module';
import { root } from './places.mjs';
import { Problem } from './problem.mjs';
import { withHeartbeat } from './progress.mjs';
import { failureLine, run } from './run.mjs';
import { hashOfTree, readStamp, writeStamp } from './tree-hash.mjs';

const stamp = join(root, 'out', 'sources.hash');
const outputs = ['out/main/cli.js', 'out/main/index.js', 'out/renderer/index.html'];
const sources = () =>
  hashOfTree(root, [
    'src',
    'electron.vite.config.ts',
    'package.json',
    'package-lock.json',
    'tsconfig.base.json',
  ]);

/** The program itself, compiled by electron-vite into out/, when its sources have changed since. */
export const appBuild = {
  id: 'build',
  title: 'the program',
  required: true,
  lost: 'everything',
  ready: () => outputs.every((file) => existsSync(join(root, file))) && readStamp(stamp) === sources(),
  make,
};

async function make(report) {
  const before = sources();
  report.say('building');
  const bin = join(
    createRequire(join(root, 'package.json')).resolve('electron-vite/package.json'),
    '..',
    'bin',
  );
  const args = [join(bin, 'electron-vite.js'), 'build', '--logLevel', 'warn'];
  const env = { ...process.env, NODE_ENV: 'production' };
  const building = run(process.execPath, args, { cwd: root, env });
  const { code, tail } = await withHeartbeat(report, 'building', building);
  if (code !== 0) throw new Problem(`electron-vite could not build it: ${failureLine(tail)}`);
  writeStamp(stamp, before);
  report.say('built');
}

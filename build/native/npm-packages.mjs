import { existsSync, lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inModules, root } from './places.mjs';
import { Problem } from './problem.mjs';
import { withHeartbeat } from './progress.mjs';
import { failureLine, npm } from './run.mjs';

/** node_modules as package-lock.json says, without any package's own scripts. */
export const npmPackages = {
  id: 'npm packages',
  title: 'npm packages',
  required: true,
  lost: 'everything',
  ready: () => missingPackages().length === 0,
  make,
};

/** Packages that every platform needs and that are absent or of another version than the lock file's. */
export function missingPackages() {
  const wanted = packagesOf(join(root, 'package-lock.json'));
  if (!existsSync(inModules('.package-lock.json'))) return Object.keys(wanted);
  const found = packagesOf(inModules('.package-lock.json'));
  return Object.entries(wanted)
    .filter(([path, { optional, version }]) => !optional && found[path]?.version !== version)
    .map(([path]) => path);
}

function packagesOf(file) {
  const { packages } = JSON.parse(readFileSync(file, 'utf8'));
  const { '': _self, ...rest } = packages;
  return rest;
}

async function make(report) {
  if (lstatSync(inModules(), { throwIfNoEntry: false })?.isSymbolicLink()) {
    throw new Problem(`node_modules is a link and lacks ${missingPackages()[0]}; install where it points to`);
  }
  report.say('installing');
  const args = ['ci', '--ignore-scripts', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  const { code, tail } = await withHeartbeat(report, 'installing', npm(args, { cwd: root }));
  if (code !== 0) throw new Problem(`npm ci failed: ${failureLine(tail)}. Is the npm registry reachable?`);
  report.say('in place');
}

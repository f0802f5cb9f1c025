#!/usr/bin/env node
/**
 * Installs what only the tests need, when root on Debian: a browser, a virtual display, the libraries of the test
 * Electron, adb, and the cross compiler. Quick when all is there. Elsewhere it says in one line that the tests in
 * need of a missing one are skipped; the status is always 0.
 */
import { existsSync, readFileSync } from 'node:fs';
import { Problem, reasonOf } from './native/problem.mjs';
import { Progress, withHeartbeat } from './native/progress.mjs';
import { failureLine, run } from './native/run.mjs';

const packages = {
  browser: ['chromium', 'fonts-dejavu-core'],
  display: ['xvfb', 'xauth'],
  'test Electron': ['libgtk-3-0', 'libnss3', 'libxss1', 'libxtst6', 'libgbm1', 'libasound2', 'python3-pip'],
  'Android devices': ['adb', 'python3', 'xz-utils'],
  'runner for ARM': ['gcc-aarch64-linux-gnu', 'gcc-arm-linux-gnueabi'],
};

const report = new Progress({ quiet: false, total: 1 }).step(1, 'packages for the tests');
try {
  const missing = await missingPackages();
  if (missing.length > 0) await install(missing);
} catch (error) {
  report.warn(`${reasonOf(error)}; tests that need them are skipped`);
}

async function missingPackages() {
  if (process.platform !== 'linux' || !existsSync('/etc/debian_version')) {
    throw new Problem(`not installed by this script outside Debian (${Object.keys(packages).join(', ')})`);
  }
  const all = Object.values(packages).flat();
  const { out } = await run('dpkg-query', ['-W', '-f', '${Package} ${db:Status-Status}\\n', ...all]);
  const there = new Set(
    out
      .split('\n')
      .filter((line) => line.endsWith(' installed'))
      .map((line) => line.split(' ')[0]),
  );
  // Debian 13 renamed the libraries for 64-bit time; the old name is then provided by the new package.
  return all.filter((name) => !there.has(name) && !there.has(`${name}t64`));
}

async function install(missing) {
  if (process.getuid() !== 0)
    throw new Problem(`missing, and only root can install them: ${missing.join(' ')}`);
  report.say(`installing ${missing.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args) => withHeartbeat(report, args[0], run('apt-get', args, { env }));
  const args = ['install', '-y', '-qq', '--no-install-recommends', ...missing.map(nameHere)];
  let { code, tail } = await apt(...args);
  if (code !== 0) {
    await apt('update', '-qq');
    ({ code, tail } = await apt(...args));
  }
  if (code !== 0) throw new Problem(`apt-get could not install them: ${failureLine(tail)}`);
  report.say('in place');
}

function nameHere(name) {
  const major = Number.parseInt(readFileSync('/etc/debian_version', 'utf8'), 10);
  return major >= 13 && ['libgtk-3-0', 'libasound2'].includes(name) ? `${name}t64` : name;
}

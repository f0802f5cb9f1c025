import { existsSync, mkdirSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { inCache } from './places.mjs';
import { failureLine, npm, run } from './run.mjs';
import { Problem } from './problem.mjs';

const version = process.versions.node;
const windows = process.platform === 'win32';

const complete = (folder) =>
  ['node.h', 'node_api.h', 'uv.h', 'common.gypi'].every((name) =>
    existsSync(join(folder, 'include', 'node', name)),
  );

/**
 * The folder whose include/node holds this Node's C headers: beside the running Node, where a distribution's
 * package puts them, or fetched once as npm's package node-<platform>-<arch>, which carries them.
 */
export async function nodeHeaders(report) {
  const near = resolve(realpathSync(process.execPath), '..', windows ? '.' : '..');
  const cached = inCache(`node-headers-${version}`);
  const found = [near, cached].find(complete);
  if (found) return found;
  report.say(`fetching the headers of Node ${version}`);
  await fetchHeaders(cached);
  return cached;
}

async function fetchHeaders(folder) {
  const name = `node-${windows ? 'win' : process.platform}-${process.arch}`;
  const temporary = `${folder}.part`;
  // The binary interface is one for a whole major version, so its newest headers do when this very one is missing.
  for (const wanted of [version, version.split('.')[0]]) {
    rmSync(temporary, { recursive: true, force: true });
    mkdirSync(temporary, { recursive: true });
    const { code } = await npm(['pack', `${name}@${wanted}`, '--silent'], { cwd: temporary });
    const archive = readdirSync(temporary).find((file) => file.endsWith('.tgz'));
    if (code !== 0 || !archive) continue;
    mkdirSync(folder, { recursive: true });
    const from = join(temporary, archive);
    const { tail } = await run('tar', [
      '-xzf',
      from,
      '-C',
      folder,
      '--strip-components=1',
      'package/include',
    ]);
    rmSync(temporary, { recursive: true, force: true });
    if (complete(folder)) return;
    throw new Problem(`the headers of Node ${version} could not be unpacked: ${failureLine(tail)}`);
  }
  rmSync(temporary, { recursive: true, force: true });
  throw new Problem(`the headers of Node ${version} are neither beside it nor in the npm registry`);
}

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import { nodeHeaders } from './node-headers.mjs';
import { binaryTarget, inCache, inModules, installedVersion, root } from './places.mjs';
import { Problem } from './problem.mjs';
import { withHeartbeat } from './progress.mjs';
import { cxxCompiler, failureLine, run } from './run.mjs';
import { setStamp, stampOf } from './stamps.mjs';
import { isWhole, makeWhole, place } from './store.mjs';

/** Node-API version asked for: the highest that every Node from 20 on has; built for a later one it crashes there. */
const NODE_API = 6;

/** SQLite's one file of 9 MB compiles in 18 s instead of 64 s so, and the store is not what takes time here. */
const LIGHT = '-O1';

/**
 * A part that is an addon compiled with node-gyp: `file` inside the package is what comes out, `probe` a program
 * that uses it. Compiled once per user (the cache is keyed by version and target), then copied into each clone.
 */
export function gypAddon({ name, file, probe, prebuilt = false, ...about }) {
  const addon = inModules(name, file);
  const key = () => `${name}-${installedVersion(name)}-napi${NODE_API}-${binaryTarget()}`;
  const cached = () => inCache('addons', key());

  async function make(report) {
    const version = installedVersion(name);
    if (version === undefined) throw new Problem(`the npm package ${name} is not installed`);
    if (existsSync(addon) && (await loads(probe))) return void setStamp(name, key());
    if (!isWhole(cached())) {
      const got = prebuilt && (await fetchPrebuilt(name, probe));
      report.say(got ? 'published binary fetched' : `compiling ${version}`);
      if (!got) await withHeartbeat(report, 'compiling', compile(name, report));
      await makeWhole(cached(), `${name} ${version}`, async (folder) => {
        place(addon, join(folder, basename(file)));
        return [basename(file)];
      });
    }
    place(join(cached(), basename(file)), addon);
    if (!(await loads(probe))) throw new Problem(`${name} was built, but this Node cannot load it`);
    setStamp(name, key());
    report.say('in place');
  }

  return { id: name, ready: () => existsSync(addon) && stampOf(name) === key(), make, ...about };
}

async function loads(probe) {
  return (await run(process.execPath, ['-e', probe], { cwd: root, timeoutMs: 60_000 })).code === 0;
}

/** The package's own published binary, where its host can be reached; asked for in a quarter of a minute. */
async function fetchPrebuilt(name, probe) {
  const folder = inModules(name);
  try {
    const bin = createRequire(join(folder, 'package.json')).resolve('prebuild-install/bin.js');
    const { code } = await run(process.execPath, [bin, '-r', 'napi'], { cwd: folder, timeoutMs: 15_000 });
    return code === 0 && (await loads(probe));
  } catch {
    return false;
  }
}

async function compile(name, report) {
  await cxxCompiler();
  const headers = await nodeHeaders(report);
  const gyp = createRequire(join(root, 'package.json')).resolve('node-gyp/bin/node-gyp.js');
  const args = [
    'rebuild',
    `--nodedir=${headers}`,
    `--napi_build_version=${NODE_API}`,
    `-j${availableParallelism()}`,
  ];
  const { CFLAGS = LIGHT, CXXFLAGS = LIGHT } = process.env;
  const env = { ...process.env, CFLAGS, CXXFLAGS, npm_config_build_from_source: '' };
  const { code, tail } = await run(process.execPath, [gyp, ...args], { cwd: inModules(name), env });
  if (code !== 0) throw new Problem(`${name} could not be compiled: ${failureLine(tail)}`);
}

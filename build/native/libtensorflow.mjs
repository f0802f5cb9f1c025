import { mkdirSync, rmSync, statfsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fetchMavenJar, fetchWheel } from './fetch.mjs';
import { hostTarget, inCache } from './places.mjs';
import { Problem, reasonOf } from './problem.mjs';
import { run } from './run.mjs';
import { isWhole, makeWhole } from './store.mjs';
import { extractEntry, zipEntries } from './zip.mjs';

export const tensorflowVersion = '2.16.2';

/** The Java binding's native package of that version; its jars by target, with their size. */
const jars = {
  'linux-x86_64': ['ba217198f8fb4f289d883d51c6d438a416d525f425696ff8c32222fd0b54c1da', 149],
  'linux-arm64': ['950c366eac5c29a426bcd50cc82b14c8aafc579fa14a7937cbad55f04af7c791', 148],
  'macosx-arm64': ['be3bcf51e2036fd7813691761ac6796b8a10c57c303f36a760f804925e303332', 127],
  'macosx-x86_64': ['8df13d05965bbcd284b80b74a832c672506a2a8752ec464dc0179da55279a561', 153],
};

/** Second source on Linux x86-64: the same libraries in the Python wheel. */
const wheel = {
  requirement: `tensorflow-cpu==${tensorflowVersion}`,
  python: '3.11',
  platform: 'manylinux_2_17_x86_64',
  sha256: 'c855cb6bf05d32dd5928086b03a5f6b4189b63c22b95e017703cbee4291023ca',
};

const NEEDED_BYTES = 1.6e9;

export const libtensorflowDir = () => inCache(`libtensorflow-${tensorflowVersion}`, hostTarget ?? 'none');

export const tensorflowLibraries =
  process.platform === 'darwin'
    ? ['libtensorflow_cc.2.dylib', 'libtensorflow_framework.2.dylib']
    : ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'];

export const libtensorflow = {
  id: 'libtensorflow',
  title: `libtensorflow ${tensorflowVersion}`,
  lost: 'running SavedModels, so they cannot be validated against the original or serve as the cloud baseline',
  ready: () => process.platform === 'win32' || isWhole(libtensorflowDir()),
  make,
};

async function make(report) {
  if (!jars[hostTarget])
    throw new Problem(`no build of it is published for ${process.platform}-${process.arch}`);
  const folder = libtensorflowDir();
  mkdirSync(inCache(), { recursive: true });
  const { bavail, bsize } = statfsSync(inCache());
  if (bavail * bsize < NEEDED_BYTES) {
    throw new Problem(`it needs ${NEEDED_BYTES / 1e9} GB free for a moment under ${inCache()} (450 MB stay)`);
  }
  const archive = await fetchArchive(report);
  report.say('unpacking');
  await makeWhole(folder, basename(archive), (to) => unpack(archive, to));
  rmSync(archive, { force: true });
  report.say('in place');
}

async function fetchArchive(report) {
  const [sha256, megabytes] = jars[hostTarget];
  const coordinates = { group: 'org.tensorflow', artifact: 'tensorflow-core-native', version: '1.0.0' };
  try {
    return await fetchMavenJar({ ...coordinates, classifier: hostTarget, sha256, megabytes }, report);
  } catch (error) {
    if (hostTarget !== 'linux-x86_64') throw error;
    report.say(`${reasonOf(error)}; trying the Python wheel`);
    return fetchWheel(wheel, report);
  }
}

async function unpack(archive, to) {
  const names = [];
  for (const entry of await zipEntries(archive)) {
    const name = basename(entry.name);
    if (!entry.bytes || (!tensorflowLibraries.includes(name) && !/^libomp.*\.(so|dylib)/.test(name)))
      continue;
    await extractEntry(archive, entry, join(to, name));
    names.push(name);
  }
  const missing = tensorflowLibraries.find((name) => !names.includes(name));
  if (missing) throw new Problem(`${basename(archive)} has no ${missing}`);
  // A third smaller without the symbols for debuggers; where there is no strip they stay.
  if (process.platform === 'linux') {
    for (const name of names) await run('strip', ['--strip-unneeded', join(to, name)]);
  }
  return names;
}

import { rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fetchMavenJar } from './fetch.mjs';
import { inCache } from './places.mjs';
import { Problem } from './problem.mjs';
import { isWhole, makeWhole } from './store.mjs';
import { extractEntry, zipEntries } from './zip.mjs';

export const androidTfliteVersion = '2.16.1';

/** TensorFlow's own archives for Android, the last that Maven Central has: the runtime (C API) and the GPU delegate of its version. */
const archives = [
  ['tensorflow-lite', '34b065817e294e7dd3569504e8b9454938ceae453b6a459da54d5f6e45d3c94e', 6],
  ['tensorflow-lite-gpu', '4440e44d295e0e13964d4fe9d9e8c3d2c3f870b92fcb7b945e45036acdfcd459', 3],
];
const abis = ['arm64-v8a', 'armeabi-v7a', 'x86_64'];

const folderOf = (artifact) => inCache(`tflite-${androidTfliteVersion}`, artifact);

export const tfliteAndroid = {
  id: 'tflite-android',
  title: `TFLite ${androidTfliteVersion} for Android, with its GPU delegate`,
  lost: 'benchmarks on 32-bit ARM devices, and those on the GPU by our own runner',
  ready: () => archives.every(([artifact]) => isWhole(folderOf(artifact))),
  make,
};

async function make(report) {
  for (const [artifact, sha256, megabytes] of archives)
    if (!isWhole(folderOf(artifact))) await fetchLibraries(artifact, sha256, megabytes, report);
  report.say('in place');
}

async function fetchLibraries(artifact, sha256, megabytes, report) {
  report.say(`fetching ${artifact}`);
  const coordinates = { group: 'org.tensorflow', artifact, version: androidTfliteVersion, extension: 'aar' };
  const archive = await fetchMavenJar({ ...coordinates, sha256, megabytes }, report);
  await makeWhole(folderOf(artifact), basename(archive), async (folder) => {
    const entries = await zipEntries(archive);
    const names = [];
    for (const abi of abis) {
      const library = entries.find(({ name }) => name.startsWith(`jni/${abi}/`) && name.endsWith('_jni.so'));
      if (!library) throw new Problem(`${basename(archive)} holds no library for ${abi}`);
      const name = `${abi}-${basename(library.name)}`;
      await extractEntry(archive, library, join(folder, name));
      names.push(name);
    }
    return names;
  });
  rmSync(archive, { force: true });
}

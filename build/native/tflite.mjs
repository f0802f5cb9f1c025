import { rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fetchMavenJar } from './fetch.mjs';
import { hostTarget, inCache } from './places.mjs';
import { Problem, reasonOf } from './problem.mjs';
import { isWhole, makeWhole } from './store.mjs';
import { extractEntry, zipEntries } from './zip.mjs';

export const tfliteVersion = '2.21.0';

/** JavaCPP's package of TFLite: one library per target with the whole C API, XNNPACK and (Android) NNAPI. */
const jars = {
  'linux-x86_64': ['97061333854967aadf2f092681d63af90b804db3800f007cffd24a2901f4bc72', 4],
  'linux-arm64': ['d34e33c49ce6da8f3c982cc6a084ff02f078d9c371dfb18a269aff93e0949d03', 4],
  'macosx-arm64': ['cbbd69dc511da244f97ddf1444986edabd35f7ac6bb623d3ca17f891faaabdd9', 4],
  'windows-x86_64': ['fc543c7f1b13b2821707d130dc5a69268d957f9bf10140711b296ed6e9910ded', 2],
  'android-arm64': ['48ab9eb112651e033259cb02e227724a882c49c456ec21d0664e6c8f1a0ab15d', 4],
  'android-x86_64': ['c7b913da8c2cd4d4151090ed8d6c101a5b976c1f4999e3bb5c09d6803daff193', 5],
};

export const tfliteDir = (target) => inCache(`tflite-${tfliteVersion}`, target);

const androidTargets = ['android-arm64', 'android-x86_64'];
const targets = [hostTarget, ...androidTargets].filter((target) => jars[target]);

export const tflite = {
  id: 'tflite',
  title: `TFLite ${tfliteVersion}`,
  lost: 'running models on this computer and on Android devices',
  ready: () => jars[hostTarget] !== undefined && targets.every(hasTflite),
  make,
};

async function make(report) {
  const failed = [];
  for (const target of targets) {
    try {
      if (!hasTflite(target)) await fetchTflite(target, report);
    } catch (error) {
      failed.push(`${target}: ${reasonOf(error)}`);
    }
  }
  if (failed.length > 0) throw new Problem(failed.join('; '));
  if (!jars[hostTarget]) throw new Problem(`no build for ${process.platform}-${process.arch} is published`);
  report.say('in place');
}

export const hasTflite = (target) => isWhole(tfliteDir(target));

/** Fetches the library for one target. */
export async function fetchTflite(target, report) {
  const [sha256, megabytes] = jars[target];
  const coordinates = { group: 'org.bytedeco', artifact: 'tensorflow-lite', version: '2.21.0-1.5.14' };
  report.say(`fetching ${target}`);
  const jar = await fetchMavenJar({ ...coordinates, classifier: target, sha256, megabytes }, report);
  await makeWhole(tfliteDir(target), basename(jar), async (folder) => {
    const library = (await zipEntries(jar)).find(({ name }) =>
      /\/(lib)?jnitensorflowlite\.(so|dylib|dll)$/.test(name),
    );
    if (!library) throw new Problem(`${basename(jar)} holds no TFLite library`);
    await extractEntry(jar, library, join(folder, basename(library.name)));
    return [basename(library.name)];
  });
  rmSync(jar, { force: true });
}

// Where set-up keeps things. The same layout is known to src/main/platform/node/cache-dir.ts:
//   <cache>/addons/<name>-<version>-<target>/            compiled addons, shared by all clones
//   <cache>/libtensorflow-<version>/<target>/            TensorFlow's libraries
//   <cache>/tflite-<version>/<target>/                   TFLite's C library for this computer and for Android
//   <cache>/downloads/                                   what is on its way
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');

const windows = process.platform === 'win32';

/** The per-user cache folder: EDGEBENCH_CACHE_DIR, else the platform's own place for caches. */
export function cacheDir() {
  const given = process.env['EDGEBENCH_CACHE_DIR'];
  if (given) return resolve(given);
  if (windows) return join(process.env['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'), 'edgebench');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'edgebench');
  return join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'edgebench');
}

export const inCache = (...parts) => join(cacheDir(), ...parts);
export const inModules = (...parts) => join(root, 'node_modules', ...parts);

/** This computer as the Java world names it (the classifier of Maven's native packages), or undefined. */
export const hostTarget = {
  'linux-x64': 'linux-x86_64',
  'linux-arm64': 'linux-arm64',
  'darwin-x64': 'macosx-x86_64',
  'darwin-arm64': 'macosx-arm64',
  'win32-x64': 'windows-x86_64',
}[`${process.platform}-${process.arch}`];

/** What a compiled addon fits: operating system, processor and C library (an older one would refuse it). */
export function binaryTarget() {
  const glibc = windows ? undefined : process.report?.getReport().header.glibcVersionRuntime;
  return [process.platform, process.arch, ...(glibc ? [`glibc${glibc}`] : [])].join('-');
}

/** Version of an installed package, or undefined when it is not in node_modules. */
export function installedVersion(name) {
  const file = inModules(name, 'package.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).version : undefined;
}

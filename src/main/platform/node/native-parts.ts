import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDir } from './cache-dir';

/** A native file that set-up puts in place: where it is, and whether it is there. */
export interface NativePart {
  readonly path: string;
  readonly found: boolean;
}

const OPERATING_SYSTEMS: Partial<Record<NodeJS.Platform, string>> = {
  linux: 'linux',
  darwin: 'macosx',
  win32: 'windows',
};
const ARCHITECTURES: Partial<Record<NodeJS.Architecture, string>> = { x64: 'x86_64', arm64: 'arm64' };

/** This machine's name as the Maven classifiers of TensorFlow Lite spell it, e.g. "linux-x86_64". */
export const hostClassifier = (platform = process.platform, arch = process.arch): string =>
  `${OPERATING_SYSTEMS[platform] ?? platform}-${ARCHITECTURES[arch] ?? arch}`;

const library = (name: string, classifier: string): string =>
  classifier.startsWith('windows')
    ? `${name}.dll`
    : classifier.startsWith('macosx')
      ? `lib${name}.dylib`
      : `lib${name}.so`;

const part = (path: string): NativePart => ({ path, found: existsSync(path) });

export const TFLITE_VERSION = '2.21.0';

/** TensorFlow Lite 2.21 for a classifier: this machine's, "android-arm64" or "android-x86_64". */
export const tfliteLibrary = (classifier = hostClassifier()): NativePart =>
  part(join(cacheDir(), `tflite-${TFLITE_VERSION}`, classifier, library('jnitensorflowlite', classifier)));

/** Our runner with a C library of its own for an Android ABI, as the set-up builds it: a folder of program, loader and libraries. */
export const glibcRunner = (appRoot: string, abi: string): NativePart =>
  part(join(appRoot, 'out', 'runner', 'glibc', abi));

export const ANDROID_TFLITE_VERSION = '2.16.1';

const androidArchive = (artifact: string, file: string): NativePart =>
  part(join(cacheDir(), `tflite-${ANDROID_TFLITE_VERSION}`, artifact, file));

/** TensorFlow Lite 2.16.1 for an Android ABI, of TensorFlow's own archive. */
export const androidTflite = (abi: string): NativePart =>
  androidArchive('tensorflow-lite', `${abi}-libtensorflowlite_jni.so`);

/** The GPU delegate of that version for an Android ABI. */
export const androidGpuDelegate = (abi: string): NativePart =>
  androidArchive('tensorflow-lite-gpu', `${abi}-libtensorflowlite_gpu_jni.so`);

/** The plug-in that turns XNNPACK on inside tfjs-tflite-node's TensorFlow Lite 2.9. */
export const xnnpackPlugin = (classifier = hostClassifier()): NativePart =>
  part(join(cacheDir(), 'tflite-2.9.0', classifier, library('xnnpack_plugin', classifier)));

/** Our runner for this machine, built from runner/ into the application's out folder. */
export const hostRunner = (appRoot: string): NativePart =>
  part(
    join(
      appRoot,
      'out',
      'runner',
      process.platform === 'win32' ? 'edgebench-runner.exe' : 'edgebench-runner',
    ),
  );

/** Our runner for an Android ABI ("x86_64", "arm64-v8a", "armeabi-v7a"), shipped in resources. */
export const androidRunner = (appRoot: string, abi: string): NativePart =>
  part(join(appRoot, 'resources', 'runner', abi, 'edgebench-runner'));

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { RunnerKit } from '@main/ports/runner-kit';
import type { DeviceFingerprint } from '@shared/model/device';
import {
  androidGpuDelegate,
  androidRunner,
  androidTflite,
  glibcRunner,
  tfliteLibrary,
  type NativePart,
} from '../node/native-parts';
import type { RunnerParts } from './parts';

/** TFLite's Maven classifier for an Android ABI; there is none for 32-bit ARM. */
const CLASSIFIERS: Readonly<Record<string, string>> = {
  'arm64-v8a': 'android-arm64',
  x86_64: 'android-x86_64',
};

/** The newest runtime there is for an Android ABI. */
function runtimeOf(abi: string): NativePart {
  const classifier = CLASSIFIERS[abi];
  return classifier === undefined ? androidTflite(abi) : tfliteLibrary(classifier);
}

/** Our runner and its library for an Android ABI, linked against Android's own C library. */
export function androidKit(root: string, abi: string): RunnerKit | undefined {
  const [runner, library] = [androidRunner(root, abi), runtimeOf(abi)];
  if (!runner.found || !library.found) return undefined;
  const [gpuRuntime, delegate] = [androidTflite(abi), androidGpuDelegate(abi)];
  const gpu =
    gpuRuntime.found && delegate.found ? { library: gpuRuntime.path, delegate: delegate.path } : undefined;
  return { startWay: 'A', program: runner.path, library: library.path, ...(gpu ? { gpu } : {}) };
}

const LINUX_CLASSIFIERS: Readonly<Record<string, string>> = {
  'arm64-v8a': 'linux-arm64',
  x86_64: 'linux-x86_64',
};
const LOADER = /^ld-linux.*\.so\.\d+$/;

/** Our runner with a C library of its own, and the library for Linux: for devices whose own C library does not start the other. */
function bundledKit(root: string, abi: string): RunnerKit | undefined {
  const classifier = LINUX_CLASSIFIERS[abi];
  const folder = glibcRunner(root, abi);
  if (classifier === undefined || !folder.found || !tfliteLibrary(classifier).found) return undefined;
  const names = readdirSync(folder.path).sort();
  const loader = names.find((name) => LOADER.test(name));
  if (loader === undefined || !names.includes('edgebench-runner')) return undefined;
  return {
    startWay: 'B',
    program: join(folder.path, 'edgebench-runner'),
    library: tfliteLibrary(classifier).path,
    loader: {
      program: join(folder.path, loader),
      libraries: names.filter((name) => /^lib.*\.so/.test(name)).map((name) => join(folder.path, name)),
    },
  };
}

/** What there is to run our runner on a device, most wanted first. Throws `runtime.unavailable` when this computer has no parts. */
export function runnerKits(
  root: string,
  parts: RunnerParts,
  device: DeviceFingerprint,
): readonly RunnerKit[] {
  if (device.kind === 'this-computer') {
    const { runner, library } = parts.files();
    return [{ startWay: 'host', program: runner, library }];
  }
  const abi = device.abis.find((name) => androidKit(root, name));
  const kits = abi === undefined ? [] : [androidKit(root, abi), bundledKit(root, abi)];
  return kits.filter((kit) => kit !== undefined);
}

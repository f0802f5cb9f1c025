import type { RunnerKit } from '@main/ports/runner-kit';
import type { DeviceFingerprint } from '@shared/model/device';
import { androidRunner, tfliteLibrary } from '../node/native-parts';
import type { RunnerParts } from './parts';

/** TFLite's Maven classifier for an Android ABI. */
const CLASSIFIERS: Readonly<Record<string, string>> = {
  'arm64-v8a': 'android-arm64',
  x86_64: 'android-x86_64',
};

/** Our runner and its library for an Android ABI, linked against Android's own C library. */
export function androidKit(root: string, abi: string): RunnerKit | undefined {
  const classifier = CLASSIFIERS[abi];
  if (classifier === undefined) return undefined;
  const [runner, library] = [androidRunner(root, abi), tfliteLibrary(classifier)];
  if (!runner.found || !library.found) return undefined;
  return { startWay: 'A', program: runner.path, library: library.path };
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
  const kit = device.abis.map((abi) => androidKit(root, abi)).find((found) => found !== undefined);
  return kit ? [kit] : [];
}

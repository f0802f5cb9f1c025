import type { Part } from '@shared/api/app';
import {
  ANDROID_TFLITE_VERSION,
  androidGpuDelegate,
  androidRunner,
  androidTflite,
  hostRunner,
  type NativePart,
  TFLITE_VERSION,
  tfliteLibrary,
  xnnpackPlugin,
} from '../native-parts';

const SET_UP = 'Run the set-up: npm run setup.';
const ANDROID = [
  { abi: 'arm64-v8a', version: TFLITE_VERSION, library: () => tfliteLibrary('android-arm64') },
  { abi: 'x86_64', version: TFLITE_VERSION, library: () => tfliteLibrary('android-x86_64') },
  { abi: 'armeabi-v7a', version: ANDROID_TFLITE_VERSION, library: () => androidTflite('armeabi-v7a') },
];

/** The libraries and programs that set-up puts in place as files. */
export function fileParts(appRoot: string): Part[] {
  const android = ANDROID.flatMap(({ abi, version, library }) => {
    const lost = `Benchmarks on Android devices of the kind ${abi}.`;
    return [
      part(
        `Android runner (${abi})`,
        undefined,
        androidRunner(appRoot, abi),
        lost,
        'Take it from the repository again.',
      ),
      part(`TFLite for Android (${abi})`, version, library(), lost),
    ];
  });
  const slow = 'Fast kernels in the older TFLite runtime; it works, up to eight times slower.';
  const here = 'Benchmarks on this computer and validation on the current TFLite runtime.';
  return [
    part('XNNPACK plug-in', 'for TFLite 2.9.0', xnnpackPlugin(), slow),
    part('TFLite for this computer', TFLITE_VERSION, tfliteLibrary(), here),
    part('runner for this computer', undefined, hostRunner(appRoot), here),
    ...android,
    part(
      'GPU delegate for Android',
      ANDROID_TFLITE_VERSION,
      androidGpuDelegate('arm64-v8a'),
      'Benchmarks on the GPU by our own runner.',
    ),
  ];
}

function part(
  name: string,
  version: string | undefined,
  { found }: NativePart,
  lost: string,
  remedy = SET_UP,
): Part {
  if (!found) return { name, state: 'missing', lost, remedy };
  return { name, state: 'found', lost: '', remedy: '', ...(version === undefined ? {} : { version }) };
}

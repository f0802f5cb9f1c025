import type { Part } from '@shared/api/app';
import {
  androidRunner,
  hostRunner,
  type NativePart,
  TFLITE_VERSION,
  tfliteLibrary,
  xnnpackPlugin,
} from '../native-parts';

const SET_UP = 'Run the set-up: npm run setup.';
const ANDROID = [
  { abi: 'arm64-v8a', classifier: 'android-arm64' },
  { abi: 'x86_64', classifier: 'android-x86_64' },
] as const;

/** The libraries and programs that set-up puts in place as files. */
export function fileParts(appRoot: string): Part[] {
  const android = ANDROID.flatMap(({ abi, classifier }) => {
    const lost = `Benchmarks on Android devices of the kind ${abi}.`;
    return [
      part(
        `Android runner (${abi})`,
        undefined,
        androidRunner(appRoot, abi),
        lost,
        'Take it from the repository again.',
      ),
      part(`TFLite for Android (${abi})`, TFLITE_VERSION, tfliteLibrary(classifier), lost),
    ];
  });
  const slow = 'Fast kernels in the older TFLite runtime; it works, up to eight times slower.';
  const here = 'Benchmarks on this computer and validation on the current TFLite runtime.';
  return [
    part('XNNPACK plug-in', 'for TFLite 2.9.0', xnnpackPlugin(), slow),
    part('TFLite for this computer', TFLITE_VERSION, tfliteLibrary(), here),
    part('runner for this computer', undefined, hostRunner(appRoot), here),
    ...android,
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

import { createHash } from 'node:crypto';
import type { OriginalRuntime } from '@main/ports/original-runtime';
import type { TfliteRuntime } from '@main/ports/tflite-runtime';
import { bytesOf } from '@shared/model/dtype';
import type { NamedTensors } from '@shared/model/tensor';

const KEPT_BYTES = 64 * 2 ** 20;

interface Request {
  readonly modelPath: string;
  readonly inputs: NamedTensors;
}

interface Answer {
  readonly outputs: NamedTensors;
}

type Run<Q, A> = (request: Q, signal?: AbortSignal) => Promise<A>;

const keyOf = ({ inputs, ...settings }: Request): string => {
  const hash = createHash('sha256').update(JSON.stringify(settings));
  for (const [name, tensor] of Object.entries(inputs))
    hash.update(JSON.stringify([name, tensor.dtype, tensor.shape])).update(bytesOf(tensor.data));
  return hash.digest('base64');
};

const bytesIn = ({ outputs }: Answer): number =>
  Object.values(outputs).reduce((sum, tensor) => sum + tensor.data.byteLength, 0);

function remembered<Q extends Request, A extends Answer>(run: Run<Q, A>): Run<Q, A> {
  const known = new Map<string, A>();
  let kept = 0;
  return async (request, signal) => {
    const key = keyOf(request);
    const answer = known.get(key) ?? (await run(request, signal));
    if (!known.has(key) && kept + bytesIn(answer) <= KEPT_BYTES) {
      known.set(key, answer);
      kept += bytesIn(answer);
    }
    return answer;
  };
}

/**
 * The original's answers, asked once for the variants of one conversion: they are all validated on the same samples, and
 * each start of TensorFlow costs seconds. Made anew for each conversion, so that a changed file is never remembered.
 */
export const rememberOriginal = (original: OriginalRuntime): OriginalRuntime => ({
  unavailable: () => original.unavailable(),
  run: remembered((request, signal) => original.run(request, signal)),
});

/** Same for the float32 conversion, the middle of every variant's error budget; other files are run each time. */
export function rememberFloat32(runtime: TfliteRuntime, float32Path: string): TfliteRuntime {
  const run: TfliteRuntime['run'] = (request, signal) => runtime.run(request, signal);
  const once = remembered(run);
  return {
    id: runtime.id,
    unavailable: () => runtime.unavailable(),
    run: (request, signal) => (request.modelPath === float32Path ? once : run)(request, signal),
  };
}

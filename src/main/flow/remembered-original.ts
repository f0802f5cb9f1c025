import { createHash } from 'node:crypto';
import type { OriginalRunRequest, OriginalRunResult, OriginalRuntime } from '@main/ports/original-runtime';
import { bytesOf } from '@shared/model/dtype';

const KEPT_BYTES = 64 * 2 ** 20;

const keyOf = (request: OriginalRunRequest): string => {
  const hash = createHash('sha256').update(
    JSON.stringify([request.modelPath, request.format, request.signature]),
  );
  for (const [name, tensor] of Object.entries(request.inputs))
    hash.update(JSON.stringify([name, tensor.dtype, tensor.shape])).update(bytesOf(tensor.data));
  return hash.digest('base64');
};

const bytesIn = ({ outputs }: OriginalRunResult): number =>
  Object.values(outputs).reduce((sum, tensor) => sum + tensor.data.byteLength, 0);

/**
 * The original's answers, asked once for the variants of one conversion: they are all validated on the same samples, and
 * each start of TensorFlow costs seconds. Made anew for each conversion, so that a changed file is never remembered.
 */
export function rememberOriginal(original: OriginalRuntime): OriginalRuntime {
  const known = new Map<string, OriginalRunResult>();
  let kept = 0;
  return {
    unavailable: () => original.unavailable(),
    async run(request, signal) {
      const key = keyOf(request);
      const answer = known.get(key) ?? (await original.run(request, signal));
      if (!known.has(key) && kept + bytesIn(answer) <= KEPT_BYTES) {
        known.set(key, answer);
        kept += bytesIn(answer);
      }
      return answer;
    },
  };
}

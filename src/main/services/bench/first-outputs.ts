import type { RunnerTarget } from '@main/ports/runner-target';
import { AppError } from '@shared/error/app-error';
import type { NamedTensors } from '@shared/model/tensor';
import { decodeTensors } from '@shared/runner/tensor-stream';

const MOST_OUTPUT_BYTES = 256 << 20;

/** What the first inference answered, from where the runner left it on the target; it is removed there. */
export async function takeOutputs(
  target: RunnerTarget,
  path: string,
  signal?: AbortSignal,
): Promise<NamedTensors> {
  const bytes = await target.take(path, MOST_OUTPUT_BYTES, signal);
  try {
    return Object.fromEntries([...decodeTensors(bytes)].map(({ name, tensor }) => [name, tensor]));
  } catch (cause) {
    throw new AppError('runner.failed', `The outputs from ${target.serial} are damaged: ${String(cause)}.`, {
      cause,
    });
  }
}

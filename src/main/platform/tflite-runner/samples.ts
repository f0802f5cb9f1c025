import { AppError } from '@shared/error/app-error';
import type { NamedTensors, Tensor } from '@shared/model/tensor';
import { encodeTensor, sampleOf } from '@shared/runner/tensor-stream';

/** Number of samples in inputs whose first axis is the sample; all have to agree. 1 for a model without inputs. */
export function sampleCount(inputs: NamedTensors): number {
  const counts = new Set(Object.values(inputs).map((tensor) => tensor.shape[0] ?? 0));
  if (counts.size === 0) return 1;
  if (counts.size > 1)
    throw new AppError(
      'data.invalid',
      `The inputs have different numbers of samples (${[...counts].join(', ')}): give each the same.`,
    );
  return [...counts][0] ?? 0;
}

/** One sample as the runner reads it. */
export function encodeSample(inputs: NamedTensors): Uint8Array {
  return Buffer.concat(Object.entries(inputs).map(([name, tensor]) => encodeTensor({ name, tensor })));
}

/** All samples in turn, encoded one at a time. */
export async function* encodeSamples(inputs: NamedTensors): AsyncGenerator<Uint8Array> {
  const count = sampleCount(inputs);
  for (let i = 0; i < count; i++) {
    const sample: Record<string, Tensor> = {};
    for (const [name, tensor] of Object.entries(inputs)) sample[name] = sampleOf(tensor, i);
    yield encodeSample(sample);
  }
}

import type { Tensor } from '@shared/model/tensor';
import { realValues } from './real-values';

export type Outputs = Readonly<Record<string, Tensor>>;

/** Values of each sample of an output as real numbers, by the output's name. */
export type SampleValues = Readonly<Record<string, readonly Float64Array[]>>;

/** Splits values along the tensor's first axis, which is the sample. */
export function perSample(tensor: Tensor, values = realValues(tensor, undefined)): Float64Array[] {
  const count = tensor.shape[0] ?? 0;
  const size = count === 0 ? 0 : values.length / count;
  return Array.from({ length: count }, (_, i) => values.subarray(i * size, (i + 1) * size));
}

/** The output of that name; where the other side names its outputs otherwise, the one at the same place. */
export function outputAt(outputs: Outputs | undefined, name: string, position: number): Tensor | undefined {
  return outputs && (outputs[name] ?? Object.values(outputs)[position]);
}

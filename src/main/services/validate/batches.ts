import type { NamedTensors } from '@shared/model/tensor';

/** Bytes of inputs that are held at once; each batch starts the runtimes anew, so small ones would be slow. */
const BATCH_BYTES = 32 * 2 ** 20;
const MAX_BATCH = 1000;

/** Samples to validate with; the first axis of every tensor is the sample. */
export interface SampleSource {
  readonly description: string;
  readonly count: number;
  readonly random: boolean;
  readonly labels: Int32Array | undefined;
  slice(start: number, end: number): Promise<NamedTensors>;
}

export interface Batch {
  /** Number of the batch's first sample. */
  readonly start: number;
  readonly end: number;
  readonly inputs: NamedTensors;
}

/** The first `samples` samples, so many at once as memory allows. */
export async function* batchesOf(data: SampleSource, samples: number): AsyncGenerator<Batch> {
  if (samples === 0) return;
  const first = await data.slice(0, 1);
  const bytes = Object.values(first).reduce((sum, tensor) => sum + tensor.data.byteLength, 0);
  const size = Math.max(1, Math.min(MAX_BATCH, Math.floor(BATCH_BYTES / Math.max(1, bytes))));
  for (let start = 0; start < samples; start += size) {
    const end = Math.min(start + size, samples);
    yield { start, end, inputs: await data.slice(start, end) };
  }
}

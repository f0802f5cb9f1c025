import type { Tensor } from '@shared/model/tensor';

export interface RangeRequest {
  /** Path of a float .tflite file. */
  readonly modelPath: string;
  readonly signature?: string;
  /** Samples in turn: each a map of inputs by signature name, without the sample axis. Read lazily, held one at a time. */
  readonly samples: AsyncIterable<Readonly<Record<string, Tensor>>>;
  /** About how many samples there are, so that they can be shared out. */
  readonly expected?: number;
  /** With a histogram of this many bins per tensor, so that percentiles can be taken; 0 for min and max only. */
  readonly histogramBins?: number;
  readonly onSample?: (done: number) => void;
}

/**
 * What one tensor's values were over all samples. Indices are those of the file's tensors. Constants, and results of a
 * loop that nobody reads, have none.
 */
export interface TensorRange {
  readonly subgraph: number;
  readonly tensor: number;
  /** Of the finite values; NaN when there was none. */
  readonly min: number;
  readonly max: number;
  /** Values seen that were NaN or infinite. */
  readonly nonFinite: number;
  readonly histogram?: Readonly<{ min: number; max: number; counts: readonly number[] }>;
}

/** Runs a float model over samples and keeps each float tensor's range; memory does not grow with the samples. */
export interface RangeCollector {
  collect(request: RangeRequest, signal?: AbortSignal): Promise<readonly TensorRange[]>;
}

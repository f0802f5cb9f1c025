import type { NamedTensors } from '@shared/model/tensor';

/** A model in memory: one sample in, its outputs out, both by signature name. */
export interface LoadedModel {
  run(sample: NamedTensors): Promise<NamedTensors>;
}

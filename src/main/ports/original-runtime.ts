import type { DType } from '@shared/model/dtype';
import type { SourceFormat } from '@shared/model/source-format';
import type { Tensor } from '@shared/model/tensor';

export interface OriginalRunRequest {
  readonly modelPath: string;
  readonly format: SourceFormat;
  readonly signature?: string;
  /** Inputs by signature name; first axis the sample. */
  readonly inputs: Readonly<Record<string, Tensor>>;
}

export interface OriginalRunResult {
  /** What ran it, to be shown in the report: e.g. "TensorFlow 2.16.2 (tfjs-node)". */
  readonly framework: string;
  /** What was run is our reading of the file, as the framework does not read it here. */
  readonly reading: boolean;
  readonly outputs: Readonly<Record<string, Tensor>>;
}

/** Runs an original model in its own framework, in a process of its own. */
export interface OriginalRuntime {
  unavailable(): Promise<string | undefined>;
  run(request: OriginalRunRequest, signal?: AbortSignal): Promise<OriginalRunResult>;
}

/** An input or output of a model that was written as a SavedModel: its key there, and what the model itself has. */
export interface WrittenPort {
  readonly key: string;
  readonly name: string;
  readonly dtype: DType;
}

/** What our reading of a model became, as a SavedModel. */
export interface WrittenSavedModel {
  readonly signature: string;
  readonly inputs: readonly WrittenPort[];
  readonly outputs: readonly WrittenPort[];
}

/** Writes a signature of a model (the default one when left out), as our reader understands it, as a SavedModel into an empty folder. */
export type WriteReading = (
  modelPath: string,
  signature: string | undefined,
  folder: string,
) => Promise<WrittenSavedModel>;

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
  readonly outputs: Readonly<Record<string, Tensor>>;
}

/** Runs an original model in its own framework, in a process of its own. */
export interface OriginalRuntime {
  unavailable(): Promise<string | undefined>;
  run(request: OriginalRunRequest, signal?: AbortSignal): Promise<OriginalRunResult>;
}

import type { Tensor } from '@shared/model/tensor';

/** The two runtimes a variant is judged on: what old apps carry and what current apps carry. */
export type TfliteRuntimeId = 'tflite-2.9' | 'tflite-2.21';

export interface TfliteRunRequest {
  /** Path of a .tflite file that has passed our own verifier. */
  readonly modelPath: string;
  /** Key of the signature to run; the file's first (or only) one when left out. */
  readonly signature?: string;
  /** Inputs by signature name; the first axis is the sample, the rest is one whole input, batch axis included. */
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly threads?: number;
  /** XNNPACK delegate; off means the built-in kernels. */
  readonly xnnpack?: boolean;
}

export interface TfliteRunResult {
  readonly runtimeVersion: string;
  /** Outputs by signature name, raw (not dequantized), first axis the sample. */
  readonly outputs: Readonly<Record<string, Tensor>>;
}

/** Runs a .tflite file over samples, in a process of its own: a crash there is an AppError `runtime.failed` here. */
export interface TfliteRuntime {
  readonly id: TfliteRuntimeId;
  /** Why it cannot be used on this machine, or undefined when it can. */
  unavailable(): Promise<string | undefined>;
  run(request: TfliteRunRequest, signal?: AbortSignal): Promise<TfliteRunResult>;
}

import type { NamedTensors } from '@shared/model/tensor';

/** What the worker is asked; inputs and outputs as in the TfliteRuntime port. */
export interface TfliteNodeRequest {
  readonly modelPath: string;
  readonly signature?: string | undefined;
  readonly inputs: NamedTensors;
  readonly threads: number;
  /** Path of the XNNPACK plug-in, or undefined for the built-in kernels. */
  readonly xnnpackPlugin?: string | undefined;
}

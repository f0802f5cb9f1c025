import type { SourceFormat } from '@shared/model/source-format';
import type { NamedTensors } from '@shared/model/tensor';

/** Which model to load; see the OriginalRuntime port. */
export interface LoadRequest {
  readonly modelPath: string;
  readonly format: SourceFormat;
  readonly signature?: string | undefined;
}

/** What the worker is asked. */
export interface OriginalRequest extends LoadRequest {
  readonly inputs: NamedTensors;
}

import type { SourceFormat } from '@shared/model/source-format';
import type { NamedTensors } from '@shared/model/tensor';

/** What the worker is asked; see the OriginalRuntime port. */
export interface OriginalRequest {
  readonly modelPath: string;
  readonly format: SourceFormat;
  readonly signature?: string | undefined;
  readonly inputs: NamedTensors;
}

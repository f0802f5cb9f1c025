import type { InputFiles } from '@main/ports/device-runner';
import type { LocalFile } from '@main/ports/local-files';
import type { DelegateChoice } from '@shared/model/delegate';
import type { ModelRef, VariantRef } from '@shared/model/run';

/** A variant to be measured. */
export interface BenchVariant {
  /** Shown to the user. */
  readonly name: string;
  readonly model: ModelRef;
  readonly variant: VariantRef;
  readonly file: LocalFile;
  readonly signature?: string;
  /** Real input; made-up values without it. */
  readonly inputs?: InputFiles;
}

/** A variant under one set of settings: what becomes one run on each target. */
export interface Series {
  readonly variant: BenchVariant;
  readonly threads: number;
  readonly delegate: DelegateChoice;
  /** Cores to run on: "big", "middle", "little" or a hexadecimal mask; all of them without it. */
  readonly affinity?: string | undefined;
}

import type { OriginalRuntime } from '@main/ports/original-runtime';
import { isAppError } from '@shared/error/app-error';
import type { SourceFormat } from '@shared/model/source-format';
import type { NamedTensors } from '@shared/model/tensor';
import type { Outputs } from './sample-values';

export interface OriginalModel {
  readonly path: string;
  readonly format: SourceFormat;
  /** Key of the signature that is validated. */
  readonly signature: string;
}

/** The original while it is run: once it has failed it is not asked again, and `problem` says why. */
export class OriginalSide {
  readonly #runtime: OriginalRuntime;
  readonly #model: OriginalModel;
  #ran: { readonly framework: string; readonly reading: boolean } | undefined;
  #problem: string | undefined;
  #isFirst = true;

  constructor(runtime: OriginalRuntime, model: OriginalModel) {
    this.#runtime = runtime;
    this.#model = model;
  }

  /** What ran it; undefined when it did not. */
  get ran(): { readonly framework: string; readonly reading: boolean } | undefined {
    return this.#ran;
  }

  /** One sentence; undefined when all went well. */
  get problem(): string | undefined {
    return this.#problem;
  }

  async answers(inputs: NamedTensors, signal: AbortSignal | undefined): Promise<Outputs | undefined> {
    if (this.#isFirst) {
      this.#isFirst = false;
      const why = await this.#runtime.unavailable();
      if (why !== undefined) this.#problem = `The original could not be run: ${why}`;
    }
    if (this.#problem !== undefined) return undefined;
    const { path, format, signature } = this.#model;
    try {
      const { framework, reading, outputs } = await this.#runtime.run(
        { modelPath: path, format, signature, inputs },
        signal,
      );
      this.#ran = { framework, reading };
      return outputs;
    } catch (error) {
      if (!isAppError(error) || error.code === 'cancelled') throw error;
      this.#problem = `The original could not be run in its own framework: ${error.message}`;
      return undefined;
    }
  }
}

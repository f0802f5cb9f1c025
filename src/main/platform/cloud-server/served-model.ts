import type { NamedTensors, Signature } from '@shared/model/tensor';

/** What the two dialects need to know of the model that is served. */
export interface ServedModel {
  readonly name: string;
  readonly framework: string;
  readonly signature: Signature;
  run(inputs: NamedTensors): Promise<NamedTensors>;
}

/** A request that cannot be answered: status and the sentence in `{"error": …}`. */
export class RequestError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export interface ServerReply {
  readonly status: number;
  readonly body: Uint8Array | string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ServerRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Uint8Array;
}

/** Runs the model when its turn comes; counts queue and compute time. */
export type Infer = (inputs: NamedTensors) => Promise<NamedTensors>;

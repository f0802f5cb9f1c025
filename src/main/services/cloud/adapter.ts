import type { CloudProtocol, Endpoint } from '@shared/model/cloud';
import type { NamedTensors } from '@shared/model/tensor';
import type { HttpCall, HttpReply } from '@main/ports/http-client';
import { httpTemplate } from './adapters/http-template';
import { oipV2 } from './adapters/oip-v2';
import { tfServing } from './adapters/tf-serving';

/** Total queue and compute times of a server, in ns; differences around a measurement are taken. */
export interface ServerTotals {
  readonly queueNs: number;
  readonly computeNs: number;
  readonly count: number;
}

/** One protocol: how a request is written, and how its answer is read. Both without any input or output of their own. */
export interface CloudAdapter {
  /** The whole request, serialised once, before any clock runs. */
  inferCall(endpoint: Endpoint, inputs: NamedTensors): HttpCall;
  /** Outputs of a 200 reply by name; `expected` tells types and shapes. AppError `cloud.bad-reply` naming the field. */
  outputs(endpoint: Endpoint, reply: HttpReply, expected: NamedTensors): NamedTensors;
  /** Asks for the server's statistics, where the protocol has them. */
  readonly statistics?: {
    call(endpoint: Endpoint): HttpCall;
    /** Undefined when the reply is none (the server does not offer them). */
    read(reply: HttpReply): ServerTotals | undefined;
  };
  /** Asks what serves the model, where the protocol tells. */
  readonly describe?: {
    call(endpoint: Endpoint): HttpCall;
    read(reply: HttpReply): string | undefined;
  };
}

export const ADAPTERS: Record<CloudProtocol, CloudAdapter> = {
  'tf-serving': tfServing,
  'oip-v2': oipV2,
  http: httpTemplate,
};

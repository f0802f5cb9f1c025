import { isAppError } from '@shared/error/app-error';
import type { CloudErrorKind, Endpoint } from '@shared/model/cloud';
import type { NamedTensors } from '@shared/model/tensor';
import type { HttpCall, HttpConnections, HttpReply } from '@main/ports/http-client';
import type { CloudAdapter } from './adapter';
import { checkOutputs } from './check';

/** One sample of the data: its request, ready to be sent, and the answer that is right. */
export interface PreparedSample {
  readonly call: HttpCall;
  readonly expected: NamedTensors;
}

export type Attempt =
  | { readonly ok: true; readonly reply: HttpReply; readonly maxAbs: number }
  | { readonly ok: false; readonly kind: CloudErrorKind; readonly error: unknown };

const statusKind = (status: number): CloudErrorKind | undefined => {
  if (status === 200) return undefined;
  return status === 429 || status === 503 ? 'overload' : 'status';
};

const KINDS: ReadonlySet<unknown> = new Set<CloudErrorKind>([
  'refused',
  'reset',
  'timeout',
  'too-large',
  'tls',
]);

/** Sends one request and checks its answer; only a right answer has a latency. Bugs are thrown. */
export async function attempt(
  connections: HttpConnections,
  adapter: CloudAdapter,
  endpoint: Endpoint,
  sample: PreparedSample,
  tolerance: number,
): Promise<Attempt> {
  try {
    const reply = await connections.send(sample.call);
    const kind = statusKind(reply.status);
    if (kind !== undefined) return { ok: false, kind, error: `status ${reply.status}` };
    const maxAbs = checkOutputs(
      adapter.outputs(endpoint, reply, sample.expected),
      sample.expected,
      tolerance,
    );
    return { ok: true, reply, maxAbs };
  } catch (error) {
    if (!isAppError(error)) throw error;
    if (error.code === 'cloud.bad-reply') return { ok: false, kind: 'wrong-answer', error };
    const kind = error.details['kind'];
    if (!KINDS.has(kind)) throw error;
    return { ok: false, kind: kind as CloudErrorKind, error };
  }
}

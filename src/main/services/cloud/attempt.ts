import { JSON_LENGTH_HEADER } from '@shared/cloud/oip';
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
  /** The last answer that was found right. A deterministic server repeats it byte by byte. */
  right?: { readonly reply: HttpReply; readonly maxAbs: number };
}

/** Whether a reply is one that was checked already: comparing bytes takes a thousandth of parsing them. */
function isRepeated({ headers, body }: HttpReply, right: HttpReply | undefined): boolean {
  if (right === undefined || body.length !== right.body.length) return false;
  if (headers[JSON_LENGTH_HEADER] !== right.headers[JSON_LENGTH_HEADER]) return false;
  for (let i = 0; i < body.length; i += 1) if (body[i] !== right.body[i]) return false;
  return true;
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
    if (sample.right !== undefined && isRepeated(reply, sample.right.reply))
      return { ok: true, reply, maxAbs: sample.right.maxAbs };
    const maxAbs = checkOutputs(
      adapter.outputs(endpoint, reply, sample.expected),
      sample.expected,
      tolerance,
    );
    sample.right = { reply, maxAbs };
    return { ok: true, reply, maxAbs };
  } catch (error) {
    if (!isAppError(error)) throw error;
    if (error.code === 'cloud.bad-reply') return { ok: false, kind: 'wrong-answer', error };
    const kind = error.details['kind'];
    if (!KINDS.has(kind)) throw error;
    return { ok: false, kind: kind as CloudErrorKind, error };
  }
}

import type { CloudErrorKind } from '@shared/model/cloud';

export interface HttpCall {
  readonly method: 'GET' | 'POST';
  /** Path and query, beginning with a slash. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

/** Durations in ns on a monotonic clock; connect and TLS only when the request had to make a connection. */
export interface HttpTiming {
  readonly startedNs: number;
  /** When the first byte was handed to the socket, and when the request had gone to the system as a whole. */
  readonly writtenNs: number;
  readonly firstByteNs: number;
  readonly endedNs: number;
  readonly connectNs?: number;
  readonly tlsNs?: number;
}

export interface HttpReply {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly timing: HttpTiming;
}

export interface HttpOptions {
  /** Connections kept open at most. */
  readonly connections: number;
  /** Longest time from the call to the last byte. */
  readonly timeoutMs: number;
  /** Longest body that is read. */
  readonly maxBytes: number;
  /** Where to connect instead of the URL's own host and port (a proxy on this machine). */
  readonly connectTo?: { readonly host: string; readonly port: number };
  /** SHA-256 of the only certificate accepted, hexadecimal; replaces all other checks of it. */
  readonly pinnedCertificate?: string;
  /** Sent with every request, in no error and no log. */
  readonly secretHeaders?: Readonly<Record<string, string>>;
}

/** Why a request failed: an AppError's `details.kind`. */
export type HttpFailure = Exclude<CloudErrorKind, 'status' | 'overload' | 'wrong-answer'>;

/** Connections to one server. Never follows redirects. Failures are AppErrors `cloud.unreachable` with `details.kind`. */
export interface HttpConnections {
  send(call: HttpCall): Promise<HttpReply>;
  close(): void;
}

export interface HttpClient {
  /** `url`: scheme, host and port of the server. */
  connect(url: string, options: HttpOptions): HttpConnections;
}

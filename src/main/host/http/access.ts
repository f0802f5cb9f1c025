import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export type Access = 'allowed' | 'foreign-host' | 'foreign-origin' | 'bad-token' | 'too-many-attempts';

const MAX_FAILURES_PER_MINUTE = 20;
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/**
 * Who may talk to the workbench: a page served by this very server, on a literal loopback name (so a rebinding DNS name
 * does not help a foreign page), with the token of this start. Wrong tokens are compared in constant time and slowed.
 */
export class AccessControl {
  readonly token = randomBytes(32).toString('base64url');
  readonly #tokenDigest = digest(this.token);
  readonly #now: () => number;
  #port = 0;
  #failures: number[] = [];

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  set port(port: number) {
    this.#port = port;
  }

  /** For pages and files: they hold no secrets, so only the host name counts. */
  checkHost(request: IncomingMessage): Access {
    if (!request.url?.startsWith('/')) return 'foreign-host';
    return this.#hosts().includes(request.headers.host ?? '') ? 'allowed' : 'foreign-host';
  }

  /** For the RPC socket: host, origin and token. */
  checkSocket(request: IncomingMessage): Access {
    if (this.checkHost(request) !== 'allowed') return 'foreign-host';
    const { origin } = request.headers;
    if (origin === undefined || !this.#hosts().some((host) => origin === `http://${host}`))
      return 'foreign-origin';
    const minuteAgo = this.#now() - 60_000;
    this.#failures = this.#failures.filter((at) => at > minuteAgo);
    if (this.#failures.length >= MAX_FAILURES_PER_MINUTE) return 'too-many-attempts';
    if (timingSafeEqual(digest(tokenOf(request)), this.#tokenDigest)) return 'allowed';
    this.#failures.push(this.#now());
    return 'bad-token';
  }

  #hosts(): string[] {
    return [`127.0.0.1:${this.#port}`, `localhost:${this.#port}`, `[::1]:${this.#port}`];
  }
}

/** The token travels as a WebSocket subprotocol: a URL would end up in histories and logs. */
function tokenOf(request: IncomingMessage): string {
  const protocols = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((part) => part.trim());
  return protocols.find((protocol) => protocol.startsWith('token.'))?.slice('token.'.length) ?? '';
}

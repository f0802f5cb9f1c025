import http from 'node:http';
import https from 'node:https';
import { isIP, type Socket } from 'node:net';
import tls, { type TLSSocket } from 'node:tls';
import { AppError } from '@shared/error/app-error';
import type {
  HttpCall,
  HttpClient,
  HttpConnections,
  HttpFailure,
  HttpOptions,
  HttpReply,
} from '@main/ports/http-client';
import { preciseClock } from './precise-clock';

const SENTENCES: Record<HttpFailure, string> = {
  refused: 'cannot be reached: check the address, and that the server runs',
  reset: 'closed the connection in the middle of an answer',
  timeout: 'did not answer in time',
  'too-large': 'answered with more bytes than are read',
  tls: 'has a certificate that is not valid for it; pin it for this endpoint if you trust it',
};

/** `origin` holds neither path nor secrets. */
function failure(kind: HttpFailure, origin: string, cause?: unknown): AppError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return new AppError('cloud.unreachable', `The server ${origin} ${SENTENCES[kind]}.`, {
    details: { kind, ...(code === '' ? {} : { system: code }) },
  });
}

const REFUSED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
  'EADDRNOTAVAIL',
  'EACCES',
]);

function kindOf(error: NodeJS.ErrnoException): HttpFailure {
  const code = error.code ?? '';
  if (REFUSED.has(code)) return 'refused';
  if (code === 'ETIMEDOUT') return 'timeout';
  return /CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO/.test(code) ? 'tls' : 'reset';
}

interface ConnectTimes {
  connectNs?: number;
  tlsNs?: number;
}

const timesOf = new WeakMap<Socket, ConnectTimes>();

/** Remembers how long a new connection took to be made. */
function watchConnecting(socket: Socket): Socket {
  const start = preciseClock.nowNs();
  const times: ConnectTimes = {};
  timesOf.set(socket, times);
  socket.once('connect', () => (times.connectNs = preciseClock.nowNs() - start));
  socket.once('secureConnect', () => (times.tlsNs = preciseClock.nowNs() - start - (times.connectNs ?? 0)));
  return socket;
}

const certificateHash = (socket: TLSSocket): string =>
  (socket.getPeerCertificate().fingerprint256 ?? '').replaceAll(':', '').toLowerCase();

/** The name to ask for when another address is connected to; an IP address is none (RFC 6066). */
const serverName = (url: URL): { servername?: string } =>
  isIP(url.hostname) === 0 ? { servername: url.hostname } : {};

/** An agent whose connections are watched, led to another port if asked, and checked against a pinned certificate. */
function agentOf(url: URL, options: HttpOptions): http.Agent {
  const common = { keepAlive: true, maxSockets: options.connections, scheduling: 'fifo' as const };
  const secure = url.protocol === 'https:';
  const agent: http.Agent = secure ? new https.Agent(common) : new http.Agent(common);
  const place = options.connectTo ?? {};
  const pin = options.pinnedCertificate;
  const make = agent.createConnection.bind(agent);
  if (secure && pin !== undefined) {
    agent.createConnection = (settings, done) => {
      const socket = tls.connect({
        ...(settings as tls.ConnectionOptions),
        ...place,
        ...serverName(url),
        // This connection alone: the certificate is compared with the pinned one before a byte is sent.
        rejectUnauthorized: false,
      });
      watchConnecting(socket);
      socket.once('error', (error) => done?.(error, socket));
      socket.once('secureConnect', () => {
        if (certificateHash(socket) === pin) return done?.(null, socket);
        const error: NodeJS.ErrnoException = new Error('certificate differs from the pinned one');
        error.code = 'CERT_PIN';
        socket.destroy();
        done?.(error, socket);
      });
      return undefined;
    };
    return agent;
  }
  agent.createConnection = (settings, done) => {
    const socket = make({ ...settings, ...place, ...(secure ? serverName(url) : {}) }, done);
    return socket instanceof Object && 'once' in socket ? watchConnecting(socket as Socket) : socket;
  };
  return agent;
}

class Connections implements HttpConnections {
  readonly #url: URL;
  readonly #options: HttpOptions;
  readonly #agent: http.Agent;

  constructor(url: URL, options: HttpOptions) {
    this.#url = url;
    this.#options = options;
    this.#agent = agentOf(url, options);
  }

  send(call: HttpCall): Promise<HttpReply> {
    const { timeoutMs, maxBytes } = this.#options;
    return new Promise((resolve, reject) => {
      const startedNs = preciseClock.nowNs();
      let writtenNs = startedNs;
      let firstByteNs = startedNs;
      const request = this.#start(call);
      const fail = (kind: HttpFailure, cause?: unknown): void => {
        clearTimeout(timer);
        reject(failure(kind, this.#url.origin, cause));
        request.destroy();
      };
      const timer = setTimeout(() => fail('timeout'), timeoutMs);
      request.once('finish', () => (writtenNs = preciseClock.nowNs()));
      request.on('error', (error) => fail(kindOf(error), error));
      request.once('response', (response) => {
        firstByteNs = preciseClock.nowNs();
        const pieces: Buffer[] = [];
        let bytes = 0;
        response.on('data', (piece: Buffer) => {
          bytes += piece.length;
          if (bytes > maxBytes) fail('too-large');
          else pieces.push(piece);
        });
        response.on('error', (error) => fail('reset', error));
        response.on('end', () => {
          clearTimeout(timer);
          const times = request.reusedSocket || !request.socket ? {} : (timesOf.get(request.socket) ?? {});
          const timing = { startedNs, writtenNs, firstByteNs, endedNs: preciseClock.nowNs(), ...times };
          resolve({
            status: response.statusCode ?? 0,
            headers: plainHeaders(response),
            body: Buffer.concat(pieces),
            timing,
          });
        });
      });
      request.end(call.body);
    });
  }

  #start(call: HttpCall): http.ClientRequest {
    const { body } = call;
    const headers = {
      accept: 'application/json',
      ...call.headers,
      ...this.#options.secretHeaders,
      ...(body === undefined ? {} : { 'content-length': String(body.length) }),
    };
    const start = this.#url.protocol === 'https:' ? https.request : http.request;
    return start(this.#url, { agent: this.#agent, method: call.method, path: call.path, headers });
  }

  close(): void {
    this.#agent.destroy();
  }
}

const plainHeaders = (response: http.IncomingMessage): Record<string, string> =>
  Object.fromEntries(
    Object.entries(response.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );

/** HTTP/1.1 with kept connections, through Node. */
export const nodeHttpClient: HttpClient = {
  connect: (url, options) => new Connections(new URL(url), options),
};

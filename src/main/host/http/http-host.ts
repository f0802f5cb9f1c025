import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AppError } from '@shared/error/app-error';
import { type WebSocket, WebSocketServer } from 'ws';
import { contentSecurityPolicy } from '../content-security-policy';
import type { EngineProcess } from '../engine-process/engine-process';
import { AccessControl, type Access } from './access';
import { staticFile } from './static-files';

export const SOCKET_PROTOCOL = 'edgebench.v1';
const MAX_FRAME_BYTES = 8 * 1024 * 1024;
const MAX_SOCKETS = 32;
const MAX_CONNECTIONS = 256;
/** Longest time for a whole request to come in; a page's files need milliseconds. */
const REQUEST_TIMEOUT_MS = 10_000;

const STATUS: Record<Access, number> = {
  allowed: 200,
  'foreign-host': 403,
  'foreign-origin': 403,
  'bad-token': 401,
  'too-many-attempts': 429,
};

export interface HttpHost {
  /** Address to open, with the token of this start in its fragment, which browsers send to nobody. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * The browser workbench: the renderer's files and one WebSocket that carries RPC frames to the engine. Loopback only.
 * Fails with `port.in-use` when the port is taken; port 0 takes a free one.
 */
export async function startHttpHost(options: {
  readonly engine: EngineProcess;
  readonly rendererDir: string;
  readonly port: number;
  readonly requestTimeoutMs?: number;
}): Promise<HttpHost> {
  const access = new AccessControl();
  const requestTimeout = options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS;
  const server = createServer(
    // Looked after often: with Node's own interval of 30 s a slow request would live for 40.
    { requestTimeout, headersTimeout: requestTimeout, connectionsCheckingInterval: requestTimeout / 5 },
    (request, response) => answer(access, options.rendererDir, request, response),
  );
  server.maxConnections = MAX_CONNECTIONS;
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_FRAME_BYTES,
    handleProtocols: (protocols) => (protocols.has(SOCKET_PROTOCOL) ? SOCKET_PROTOCOL : false),
  });
  server.on('upgrade', (request, socket, head) => {
    const verdict = request.url === '/rpc' ? access.checkSocket(request) : 'foreign-origin';
    const status = sockets.clients.size >= MAX_SOCKETS ? 503 : STATUS[verdict];
    if (status !== 200) {
      socket.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (client) => joinEngine(options.engine, client));
  });
  await listen(server, options.port);
  const { port } = server.address() as AddressInfo;
  access.port = port;
  return {
    url: `http://127.0.0.1:${port}/#token=${access.token}`,
    close: async () => {
      for (const client of sockets.clients) client.terminate();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

async function listen(server: ReturnType<typeof createServer>, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new AppError(
              'port.in-use',
              `Port ${port} is used by another program. Choose another one with --port, or leave --port out to take any free one.`,
              { cause: error },
            )
          : error,
      ),
    );
    server.listen(port, '127.0.0.1', resolve);
  });
}

function answer(
  access: AccessControl,
  folder: string,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const verdict = access.checkHost(request);
  if (verdict !== 'allowed') return end(response, STATUS[verdict]);
  if (request.method !== 'GET' && request.method !== 'HEAD') return end(response, 405);
  const file = staticFile(folder, (request.url ?? '/').split('?')[0] ?? '/');
  if (!file) return end(response, 404);
  response.writeHead(200, {
    'content-type': file.contentType,
    'content-length': file.body.byteLength,
    'content-security-policy': contentSecurityPolicy("'self'"),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'cache-control': 'no-cache',
  });
  response.end(request.method === 'HEAD' ? undefined : file.body);
}

function end(response: ServerResponse, status: number): void {
  response.writeHead(status, { connection: 'close', 'content-length': 0 });
  response.end();
}

function joinEngine(engine: EngineProcess, client: WebSocket): void {
  const channel = engine.openChannel(
    (data) => client.send(data),
    // 1012: the service restarts; the page connects again.
    (reason) => client.close(1012, reason.slice(0, 120)),
  );
  client.on('message', (data, isBinary) => {
    if (isBinary) client.close(1003, 'text only');
    else channel.send((data as Buffer).toString('utf8'));
  });
  client.on('close', () => channel.close());
  client.on('error', () => client.terminate());
}

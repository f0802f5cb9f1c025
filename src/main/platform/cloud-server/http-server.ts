import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AppError } from '@shared/error/app-error';
import { oipV2 } from './oip-v2';
import { RequestError, type ServedModel, type ServerReply, type ServerRequest } from './served-model';
import { tfServing } from './tf-serving';
import { Turns } from './turns';

const MAX_BODY_BYTES = 64 * 2 ** 20;
/** More than the clients of the largest load. */
const MAX_CONNECTIONS = 2048;

async function readBody(request: IncomingMessage): Promise<Uint8Array> {
  const tooLarge = new RequestError(413, `a body may have ${MAX_BODY_BYTES} bytes`);
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) throw tooLarge;
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > MAX_BODY_BYTES) throw tooLarge;
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

/** Only names of this machine: a page in a browser cannot reach the server through a name of its own (DNS rebinding). */
const isLocal = (host: string | undefined): boolean =>
  /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host ?? '');

function errorReply(error: unknown): ServerReply {
  if (error instanceof RequestError)
    return { status: error.status, body: JSON.stringify({ error: error.message }) };
  if (error instanceof SyntaxError)
    return { status: 400, body: JSON.stringify({ error: 'the body is not JSON' }) };
  // What the model says about its inputs; never a stack.
  const said = (error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ').slice(0, 300);
  return { status: 400, body: JSON.stringify({ error: `the model cannot answer: ${said}` }) };
}

async function answer(request: IncomingMessage, model: ServedModel, turns: Turns): Promise<ServerReply> {
  try {
    if (!isLocal(request.headers.host) || request.headers.origin !== undefined)
      throw new RequestError(403, 'only for programs on this machine');
    const body = await readBody(request);
    const path = decodeURIComponent((request.url ?? '/').split('?')[0]!);
    const asked: ServerRequest = { method: request.method ?? 'GET', path, headers: request.headers, body };
    const reply =
      (await tfServing(asked, model, turns.infer)) ??
      (await oipV2(asked, model, turns.infer, turns.statistics));
    if (reply === undefined) throw new RequestError(404, 'there is nothing at this path');
    return reply;
  } catch (error) {
    return errorReply(error);
  }
}

/** Serves a model in both dialects on a port of the loopback interface, any free one with 0. AppError `port.in-use`. */
export async function serveOverHttp(
  model: ServedModel,
  wantedPort = 0,
): Promise<{ server: Server; port: number }> {
  const turns = new Turns(model);
  const server = createServer(
    {
      noDelay: true,
      keepAliveTimeout: 60_000,
      requestTimeout: 60_000,
      headersTimeout: 10_000,
      connectionsCheckingInterval: 2000,
    },
    (request, response) => {
      void answer(request, model, turns).then((reply) => {
        const body = typeof reply.body === 'string' ? Buffer.from(reply.body) : reply.body;
        // What is left of a refused body is not read.
        const close = reply.status === 413 ? { connection: 'close' } : {};
        response.writeHead(reply.status, {
          'content-type': 'application/json',
          'content-length': body.length,
          ...reply.headers,
          ...close,
        });
        response.end(body);
      });
    },
  );
  server.maxConnections = MAX_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE' || error.code === 'EACCES'
          ? new AppError(
              'port.in-use',
              `Port ${wantedPort} of this machine cannot be used (${error.code}). Choose another one.`,
            )
          : error,
      ),
    );
    server.listen(wantedPort, '127.0.0.1', resolve);
  });
  return { server, port: (server.address() as AddressInfo).port };
}

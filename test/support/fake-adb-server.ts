import { createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** What a fake server does with a request: bytes to answer with, and whether it then closes the connection. */
export interface FakeAnswer {
  readonly bytes: Buffer;
  readonly close?: boolean;
  /** Milliseconds between two bytes; all at once without it. */
  readonly everyMs?: number;
}

export const okay = (text?: string): Buffer =>
  Buffer.from(text === undefined ? 'OKAY' : `OKAY${hex(text)}${text}`);
export const fail = (text: string): Buffer => Buffer.from(`FAIL${hex(text)}${text}`);
const hex = (text: string): string => Buffer.byteLength(text).toString(16).padStart(4, '0');

/** An ADB server that answers as a test says, to play what a real one never does; its port. Ends with the test. */
export async function fakeAdbServer(answer: (request: string) => FakeAnswer | undefined): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    let held = Buffer.alloc(0);
    socket.on('data', (bytes) => {
      held = Buffer.concat([held, bytes]);
      while (held.length >= 4) {
        const length = parseInt(held.toString('latin1', 0, 4), 16);
        if (held.length < 4 + length) return;
        const request = held.toString('utf8', 4, 4 + length);
        held = held.subarray(4 + length);
        const said = answer(request);
        if (said) void send(socket, said);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as { port: number }).port;
}

async function send(socket: Socket, { bytes, close, everyMs }: FakeAnswer): Promise<void> {
  if (everyMs === undefined) socket.write(bytes);
  else
    for (const byte of bytes) {
      socket.write(Buffer.of(byte));
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  if (close) socket.end();
}

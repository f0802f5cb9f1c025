import { createHash } from 'node:crypto';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { NetworkProfile } from '@shared/model/cloud';
import { uniform } from '@shared/statistics/uniform';
import { startDelayingProxy } from '@main/platform/node/delaying-proxy';

const BYTES = 600_000;
const harsh: NetworkProfile = {
  name: 'custom',
  rttMs: 4,
  jitterMs: 3,
  upKbps: 50_000,
  downKbps: 50_000,
  lossPercent: 2,
};

async function proxyTo(profile: NetworkProfile, serve: (socket: Socket) => void): Promise<number> {
  const server = createServer({ allowHalfOpen: true }, serve);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const target = { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
  const proxy = await startDelayingProxy(profile, target, 7);
  onTestFinished(async () => {
    await proxy.close();
    server.close();
  });
  return proxy.port;
}

const hashOf = (pieces: readonly Buffer[]): string =>
  createHash('sha256').update(Buffer.concat(pieces)).digest('hex');

const received = (socket: Socket): Promise<Buffer[]> =>
  new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    socket.on('data', (piece: Buffer) => pieces.push(piece));
    socket.once('end', () => resolve(pieces));
    socket.once('error', reject);
  });

describe('the delaying proxy', () => {
  const random = uniform(3);
  const sent = Buffer.from(Uint8Array.from({ length: BYTES }, () => random() * 256));

  it.each([
    ['both ways through jitter and losses', harsh],
    [
      'through a network without delay',
      { ...harsh, rttMs: 0, jitterMs: 0, upKbps: 0, downKbps: 0, lossPercent: 0 },
    ],
  ])('carries every byte in order, and the end of each side: %s', async (_title, profile) => {
    const port = await proxyTo(profile, (socket) => {
      void received(socket).then((pieces) => socket.end(Buffer.concat(pieces)));
    });
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const answer = received(socket);
    socket.end(sent);
    expect(hashOf(await answer)).toBe(hashOf([sent]));
  });

  it('ends the connection when the server goes away in the middle', async () => {
    const port = await proxyTo(harsh, (socket) => {
      socket.write(sent.subarray(0, 1000));
      socket.once('data', () => socket.destroy());
    });
    const socket = connect({ port, host: '127.0.0.1' });
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => undefined);
    socket.resume();
    socket.write('.');
    await closed;
    expect(socket.destroyed).toBe(true);
  });
});

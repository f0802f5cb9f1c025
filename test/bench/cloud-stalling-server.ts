import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server that answers at once, and stops doing anything for as long as it is told: `{ stallAfterMs, stallMs }`. */
const server = createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    response.setHeader('content-type', 'application/json');
    response.end('{"outputs":[[0.5,1.25]]}');
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));

process.on('message', ({ stallAfterMs, stallMs }: { stallAfterMs: number; stallMs: number }) => {
  setTimeout(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, stallMs), stallAfterMs);
});
process.on('disconnect', () => process.exit(0));

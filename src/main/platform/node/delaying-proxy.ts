import { createServer, connect, type AddressInfo, type Socket } from 'node:net';
import type { NetworkProfile } from '@shared/model/cloud';
import { uniform } from '@shared/statistics/uniform';
import type { StartDelayingProxy } from '@main/ports/delaying-proxy';
import { preciseClock } from './precise-clock';

const PIECE_BYTES = 16 * 1024;
const SEGMENT_BYTES = 1448;
/** Bytes under way per connection and direction before the sender is stopped. */
const WINDOW_BYTES = 4 * 2 ** 20;
/** Linux's smallest retransmission timeout; what the loss of a last segment costs. */
const RETRANSMISSION_NS = 200e6;

/** One direction of the network, shared by all connections: its bandwidth is used by one piece after another. */
class Link {
  readonly #profile: NetworkProfile;
  readonly #kbps: number;
  readonly #random: () => number;
  #freeAtNs = 0;

  constructor(profile: NetworkProfile, kbps: number, random: () => number) {
    this.#profile = profile;
    this.#kbps = kbps;
    this.#random = random;
  }

  /** When a piece that is sent now arrives at the other end. */
  arrivalNs(bytes: number): number {
    const now = preciseClock.nowNs();
    const transferNs = this.#kbps === 0 ? 0 : (bytes * 8e6) / this.#kbps;
    this.#freeAtNs = Math.max(now, this.#freeAtNs) + transferNs;
    const { rttMs, jitterMs } = this.#profile;
    const delayNs = Math.max(0, (rttMs / 2) * 1e6 + this.#bell() * jitterMs * 1e6);
    return this.#freeAtNs + delayNs + this.#lossNs(bytes);
  }

  /** Roughly normal with variance 1. */
  #bell(): number {
    let sum = -6;
    for (let i = 0; i < 12; i += 1) sum += this.#random();
    return sum;
  }

  #lossNs(bytes: number): number {
    const share = this.#profile.lossPercent / 100;
    if (share === 0) return 0;
    let delay = 0;
    for (let left = bytes; left > 0; left -= SEGMENT_BYTES) {
      if (this.#random() >= share) continue;
      // A lost last segment is noticed by the timeout, any other by the segments after it.
      delay = Math.max(delay, left <= SEGMENT_BYTES ? RETRANSMISSION_NS : this.#profile.rttMs * 1e6);
    }
    return delay;
  }
}

/** Moves what arrives at `from` to `to` at the link's pace, in order; not before `readyNs`. */
function carry(from: Socket, to: Socket, link: Link, readyNs: number): void {
  let lastNs = readyNs;
  let underWay = 0;
  let last: Promise<void> = Promise.resolve();
  const deliver = (at: number, act: () => void): void => {
    last = last.then(() => preciseClock.waitUntil(at)).then(act);
  };
  from.on('data', (data: Buffer) => {
    for (let start = 0; start < data.length; start += PIECE_BYTES) {
      const piece = data.subarray(start, start + PIECE_BYTES);
      // Never earlier than what was sent before it.
      lastNs = Math.max(lastNs, link.arrivalNs(piece.length));
      underWay += piece.length;
      deliver(lastNs, () => {
        underWay -= piece.length;
        if (!to.destroyed) to.write(piece);
        if (underWay < WINDOW_BYTES / 2) from.resume();
      });
    }
    if (underWay > WINDOW_BYTES) from.pause();
  });
  from.on('end', () => deliver(lastNs, () => to.end()));
  from.on('error', () => to.destroy());
  from.on('close', () => deliver(lastNs, () => to.destroySoon()));
}

/** Starts a proxy that adds a profile's delay, jitter, bandwidth and loss to every connection made through it. */
export const startDelayingProxy: StartDelayingProxy = async (profile, target, seed) => {
  const up = new Link(profile, profile.upKbps, uniform(seed));
  const down = new Link(profile, profile.downKbps, uniform(seed + 1));
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
    const upstream = connect({ ...target, noDelay: true, allowHalfOpen: true });
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
    }
    // Making a connection takes a round trip; here its first bytes wait for it.
    carry(client, upstream, up, preciseClock.nowNs() + profile.rttMs * 1e6);
    carry(upstream, client, down, 0);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
};

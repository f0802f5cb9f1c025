import { createServer, connect, type AddressInfo, type Socket } from 'node:net';
import type { NetworkProfile } from '@shared/model/cloud';
import { uniform } from '@shared/statistics/uniform';
import type { StartDelayingProxy } from '@main/ports/delaying-proxy';
import { preciseClock } from './precise-clock';

const PIECE_BYTES = 16 * 1024;
const SEGMENT_BYTES = 1448;
/** Linux's smallest retransmission timeout; what the loss of a last segment costs. */
const RETRANSMISSION_NS = 200e6;
/** How often a piece whose end was lost looks whether more has been sent behind it. */
const LOOK_NS = 1e6;
/** Bytes under way per connection and direction before the sender is stopped: what the link carries in this time. */
const WINDOW_MS = 500;
const [LEAST_WINDOW_BYTES, MOST_WINDOW_BYTES] = [4 * 2 ** 20, 64 * 2 ** 20];

/** A piece on its way. */
interface Parcel {
  /** When it arrives at the other end, unless one in front of it arrives later. */
  atNs: number;
  /** Its last segment was lost: noticed by the timeout in `atNs`, or a round trip after something follows it. */
  endLost: boolean;
  readonly act: () => void;
}

/** One direction of the network, shared by all connections: its bandwidth is used by one piece after another. */
class Link {
  readonly windowBytes: number;
  readonly roundTripNs: number;
  readonly #profile: NetworkProfile;
  readonly #kbps: number;
  readonly #random: () => number;
  #freeAtNs = 0;

  constructor(profile: NetworkProfile, kbps: number, random: () => number) {
    this.#profile = profile;
    this.#kbps = kbps;
    this.#random = random;
    this.roundTripNs = profile.rttMs * 1e6;
    this.windowBytes = Math.min(MOST_WINDOW_BYTES, Math.max(LEAST_WINDOW_BYTES, (kbps * WINDOW_MS) / 8));
  }

  /** When a piece that is sent now arrives at the other end. */
  send(bytes: number, act: () => void): Parcel {
    const now = preciseClock.nowNs();
    const transferNs = this.#kbps === 0 ? 0 : (bytes * 8e6) / this.#kbps;
    this.#freeAtNs = Math.max(now, this.#freeAtNs) + transferNs;
    const delayNs = Math.max(0, this.roundTripNs / 2 + this.#bell() * this.#profile.jitterMs * 1e6);
    const arrivalNs = this.#freeAtNs + delayNs;
    const lost = this.#lost(bytes);
    if (lost === 'end') return { atNs: arrivalNs + RETRANSMISSION_NS, endLost: true, act };
    return { atNs: arrivalNs + (lost === 'middle' ? this.roundTripNs : 0), endLost: false, act };
  }

  /** Roughly normal with variance 1. */
  #bell(): number {
    let sum = -6;
    for (let i = 0; i < 12; i += 1) sum += this.#random();
    return sum;
  }

  /** Whether a segment is lost, and whether it is the last one; any other is noticed by the segments after it. */
  #lost(bytes: number): 'none' | 'middle' | 'end' {
    const share = this.#profile.lossPercent / 100;
    if (share === 0) return 'none';
    let lost: 'none' | 'middle' | 'end' = 'none';
    for (let left = bytes; left > 0; left -= SEGMENT_BYTES) {
      if (this.#random() < share) lost = left <= SEGMENT_BYTES ? 'end' : 'middle';
    }
    return lost;
  }
}

/** Parcels of one connection and direction, delivered in the order in which they were sent. */
class Delivery {
  readonly #queue: Parcel[] = [];
  readonly #roundTripNs: number;
  #isRunning = false;

  constructor(roundTripNs: number) {
    this.#roundTripNs = roundTripNs;
  }

  add(parcel: Parcel): void {
    const previous = this.#queue.at(-1);
    if (previous?.endLost === true) {
      // What follows tells the receiver that something is missing, long before the sender's timeout.
      previous.atNs = Math.min(previous.atNs, parcel.atNs + this.#roundTripNs);
      previous.endLost = false;
    }
    this.#queue.push(parcel);
    if (!this.#isRunning) void this.#run();
  }

  /** After everything that is under way. */
  after(act: () => void): void {
    this.add({ atNs: 0, endLost: false, act });
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    for (let head = this.#queue[0]; head !== undefined; head = this.#queue[0]) {
      for (let now = preciseClock.nowNs(); now < head.atNs; now = preciseClock.nowNs())
        await preciseClock.waitUntil(head.endLost ? Math.min(head.atNs, now + LOOK_NS) : head.atNs);
      this.#queue.shift();
      head.act();
    }
    this.#isRunning = false;
  }
}

/** Moves what arrives at `from` to `to` at the link's pace, in order; not before `readyNs`. */
function carry(from: Socket, to: Socket, link: Link, readyNs: number): void {
  const delivery = new Delivery(link.roundTripNs);
  let underWay = 0;
  from.on('data', (data: Buffer) => {
    for (let start = 0; start < data.length; start += PIECE_BYTES) {
      const piece = data.subarray(start, start + PIECE_BYTES);
      underWay += piece.length;
      const parcel = link.send(piece.length, () => {
        underWay -= piece.length;
        if (!to.destroyed) to.write(piece);
        if (underWay < link.windowBytes / 2) from.resume();
      });
      parcel.atNs = Math.max(parcel.atNs, readyNs);
      delivery.add(parcel);
    }
    if (underWay > link.windowBytes) from.pause();
  });
  from.on('end', () => delivery.after(() => to.end()));
  from.on('error', () => to.destroy());
  from.on('close', () => delivery.after(() => to.destroySoon()));
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

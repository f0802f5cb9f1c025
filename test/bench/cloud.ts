import { fork, type ChildProcess } from 'node:child_process';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { endpointSchema, type NetworkProfile } from '@shared/model/cloud';
import type { NetworkModel } from '@shared/model/comparison';
import { breakEvenKbps, breakEvenRttMs, transferNs } from '@shared/statistics/network-model';
import { percentileOfSorted, sorted } from '@shared/statistics/percentile';
import { uniform } from '@shared/statistics/uniform';
import { forkLauncher } from '@main/platform/node/fork-worker';
import { nodeHttpClient } from '@main/platform/node/http-connections';
import { preciseClock } from '@main/platform/node/precise-clock';
import { proxiesIn } from '@main/platform/node/proxy-process';
import { arrivalGaps } from '@main/services/cloud/arrivals';
import { attempt } from '@main/services/cloud/attempt';
import { tfServing } from '@main/services/cloud/adapters/tf-serving';
import { NETWORK_PROFILES } from '@main/services/cloud';
import { measureWindow, type MeasuredWindow } from '@main/services/cloud/window';

const [folder = '', ...asked] = process.argv.slice(2);
const RATE = 1000;
const WINDOW_MS = 10_000;
const STALL_MS = 1400;
const PINGS = 200;
const BANDWIDTH_SECONDS = 2;

const startProxy = proxiesIn(forkLauncher(join(folder, 'worker.js')));
const rows: { what: string; wanted: string; got: string; kept: boolean }[] = [];
const check = (what: string, wanted: string, got: string, kept: boolean): void => {
  rows.push({ what, wanted, got, kept });
  console.log(`${kept ? 'ok  ' : 'MISS'}  ${what.padEnd(44)}  ${got.padEnd(24)}  ${wanted}`);
};
const percentile = (values: readonly number[], percent: number): number =>
  percentileOfSorted(sorted(values), percent);
const ms = (ns: number): string => `${(ns / 1e6).toPrecision(4)} ms`;
const off = (got: number, wanted: number): string => `${((got / wanted - 1) * 100).toFixed(2)} %`;

async function stallingServer(): Promise<{ child: ChildProcess; url: string }> {
  const child = fork(join(folder, 'server.js'));
  const port = await new Promise((resolve) => child.once('message', resolve));
  return { child, url: `http://127.0.0.1:${String(port)}` };
}

/** One window of constant arrivals against a server of its own. */
async function window(stallAfterMs: number | undefined): Promise<MeasuredWindow> {
  const { child, url } = await stallingServer();
  const connections = nodeHttpClient.connect(url, { connections: 64, timeoutMs: 30_000, maxBytes: 1 << 20 });
  const endpoint = endpointSchema.parse({ title: 'bench', protocol: 'tf-serving', model: 'half', url });
  const tensor = (values: number[]) => ({
    dtype: 'float32' as const,
    shape: [1, values.length],
    data: Float32Array.from(values),
  });
  const sample = {
    call: tfServing.inferCall(endpoint, { x: tensor([1, 2.5, -0.1]) }),
    expected: { y: tensor([0.5, 1.25]) },
  };
  const send = () => attempt(connections, tfServing, endpoint, sample, 1e-5);
  const load = {
    kind: 'constant' as const,
    ratePerSecond: RATE,
    concurrency: 64,
    windowMs: 500,
    windowRequests: 10,
    maxWindows: 1,
    timeoutMs: 30_000,
    seed: 1,
  };
  // Connections are made and code is compiled before anything counts.
  await measureWindow({ clock: preciseClock, load, send }, arrivalGaps(load));
  if (stallAfterMs !== undefined) child.send({ stallAfterMs, stallMs: STALL_MS });
  const long = { ...load, windowMs: WINDOW_MS };
  const measured = await measureWindow({ clock: preciseClock, load: long, send }, arrivalGaps(long));
  connections.close();
  child.kill();
  return measured;
}

async function clientOverhead(): Promise<void> {
  const { parts, answered, scheduled, samplesNs } = await window(undefined);
  const overhead = parts.clientNs.map((ns, i) => ns + parts.uploadNs[i]!);
  const p99 = percentile(overhead, 99);
  check(
    `client overhead p99 at ${RATE}/s (${answered} of ${scheduled})`,
    '<= 1 ms, schedule to socket write',
    ms(p99),
    p99 <= 1e6,
  );
  const shown = (values: readonly number[]): string =>
    [50, 99].map((percent) => ms(Math.max(0, percentile(values, percent)))).join(', ');
  console.log(`      late p50, p99: ${shown(parts.clientNs)}; writing: ${shown(parts.uploadNs)}`);
  console.log(`      both: ${shown(overhead)}; answers: ${shown(samplesNs)}`);
}

async function stall(): Promise<void> {
  const measured = await window(3000);
  const p99 = percentile(measured.samplesNs, 99);
  // The hundredth worst of 10,000 was due 100 requests after the stall began.
  const analytic = STALL_MS * 1e6 - 0.01 * measured.scheduled * (1e9 / RATE);
  check(
    `planted stall of ${STALL_MS} ms at ${RATE}/s, p99`,
    `${ms(analytic)} (analytic) within 5 %`,
    `${ms(p99)} (${off(p99, analytic)})`,
    Math.abs(p99 / analytic - 1) <= 0.05,
  );
}

async function listening(handler: (socket: Socket) => void): Promise<{ server: Server; port: number }> {
  const server = createServer({ noDelay: true }, handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, port: (server.address() as AddressInfo).port };
}

async function through<T>(
  profile: NetworkProfile,
  serve: (socket: Socket) => void,
  use: (socket: Socket) => Promise<T>,
): Promise<T> {
  const { server, port } = await listening(serve);
  const proxy = await startProxy(profile, { host: '127.0.0.1', port }, 1);
  const socket = connect({ port: proxy.port, host: '127.0.0.1', noDelay: true });
  await new Promise((resolve) => socket.once('connect', resolve));
  try {
    return await use(socket);
  } finally {
    socket.destroy();
    server.close();
    await proxy.close();
  }
}

const echo = (socket: Socket): void => void socket.pipe(socket);

/** Mean round trip of one byte there and back. */
const roundTripNs = (profile: NetworkProfile): Promise<number> =>
  through(profile, echo, async (socket) => {
    const times: number[] = [];
    for (let i = 0; i < PINGS; i += 1) {
      const start = preciseClock.nowNs();
      const answer = new Promise((resolve) => socket.once('data', resolve));
      socket.write('.');
      await answer;
      // The first waits for the connection's own round trip.
      if (i > 0) times.push(preciseClock.nowNs() - start);
    }
    return percentile(times, 50);
  });

/** kbit/s between the first and the last byte at the receiver. */
async function received(socket: Socket, bytes: number): Promise<number> {
  let [got, first, firstBytes] = [0, 0, 0];
  return new Promise((resolve) => {
    socket.on('data', (piece: Buffer) => {
      if (got === 0) [first, firstBytes] = [preciseClock.nowNs(), piece.length];
      got += piece.length;
      if (got >= bytes) resolve(((got - firstBytes) * 8e6) / (preciseClock.nowNs() - first));
    });
  });
}

const bytesFor = (kbps: number): number => Math.round((kbps * 1000 * BANDWIDTH_SECONDS) / 8);

const downKbps = (profile: NetworkProfile): Promise<number> => {
  const bytes = bytesFor(profile.downKbps);
  const serve = (socket: Socket): void => void socket.once('data', () => socket.write(Buffer.alloc(bytes)));
  return through(profile, serve, (socket) => {
    socket.write('.');
    return received(socket, bytes);
  });
};

async function upKbps(profile: NetworkProfile): Promise<number> {
  const bytes = bytesFor(profile.upKbps);
  let measured: Promise<number> | undefined;
  return through(
    profile,
    (socket) => {
      measured = received(socket, bytes);
    },
    async (socket) => {
      socket.write(Buffer.alloc(bytes));
      while (measured === undefined) await preciseClock.waitUntil(preciseClock.nowNs() + 1e6);
      return measured;
    },
  );
}

async function networks(): Promise<void> {
  for (const profile of NETWORK_PROFILES.filter(({ name }) => name !== 'none')) {
    const figures = [
      ['round trip', profile.rttMs, (await roundTripNs(profile)) / 1e6, 'ms'],
      ['upwards', profile.upKbps, await upKbps(profile), 'kbit/s'],
      ['downwards', profile.downKbps, await downKbps(profile), 'kbit/s'],
    ] as const;
    for (const [what, wanted, got, unit] of figures)
      check(
        `${profile.name} ${what}`,
        `${wanted} ${unit} within 5 %`,
        `${got.toPrecision(5)} ${unit} (${off(got, wanted)})`,
        Math.abs(got / wanted - 1) <= 0.05,
      );
  }
}

/** Looks for the largest value (in steps of 0.1 %) at which the simulated medians still favour the cloud. */
function bruteForce(from: number, to: number, holds: (value: number) => boolean): number {
  let found = from;
  for (let value = from; value <= to; value *= 1.001) if (holds(value)) found = value;
  return found;
}

function breakEven(): void {
  const random = uniform(7);
  const server = Array.from({ length: 2001 }, () => 6e6 * (0.8 + 0.3 * -Math.log(1 - random())));
  const model: NetworkModel = {
    baseP50Ns: percentile(server, 50),
    requestBytes: 150_528,
    responseBytes: 4000,
    rttMs: 5,
    upKbps: 50_000,
    downKbps: 50_000,
  };
  const edgeNs = 60e6;
  const cloudNs = (rttMs: number, kbps: number): number =>
    percentile(
      server.map(
        (ns) =>
          ns + rttMs * 1e6 + transferNs(model.requestBytes, kbps) + transferNs(model.responseBytes, kbps),
      ),
      50,
    );
  const rtt = breakEvenRttMs(edgeNs, model)!;
  const rttFound = bruteForce(1, 200, (value) => cloudNs(value, 50_000) <= edgeNs);
  const kbps = breakEvenKbps(edgeNs, model)!;
  const kbpsFound = 1e7 / bruteForce(1, 1e5, (inverse) => cloudNs(5, 1e7 / inverse) <= edgeNs);
  for (const [what, got, found, unit] of [
    ['round trip', rtt, rttFound, 'ms'],
    ['bandwidth', kbps, kbpsFound, 'kbit/s'],
  ] as const)
    check(
      `break-even ${what}`,
      `${found.toPrecision(5)} ${unit} (brute force) within 1 %`,
      `${got.toPrecision(5)} ${unit} (${off(got, found)})`,
      Math.abs(got / found - 1) <= 0.01,
    );
}

async function main(): Promise<void> {
  console.log(
    `${cpus().length} cores, load ${loadavg()
      .map((load) => load.toFixed(2))
      .join(' ')}`,
  );
  const parts = { overhead: clientOverhead, stall, networks, 'break-even': breakEven };
  for (const [name, part] of Object.entries(parts))
    if (asked.length === 0 || asked.includes(name)) await part();
  const missed = rows.filter(({ kept }) => !kept);
  console.log(missed.length === 0 ? 'All bars are met.' : `${missed.length} bars are missed.`);
  process.exit(missed.length === 0 ? 0 : 1);
}

void main();

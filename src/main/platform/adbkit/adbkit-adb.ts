import { setTimeout as sleep } from 'node:timers/promises';
import type { Adb as AdbkitClass, Client } from '@devicefarmer/adbkit';
import type { Adb, AdbConnection, AdbDevice } from '@main/ports/adb';
import { AppError } from '@shared/error/app-error';
import { readDeviceList } from './device-list';
import { quoteCommand } from './quote';
import { plainPackets, protocolPackets, readShell, statusEcho } from './shell';
import { pullThrough, pushThrough } from './sync';
import { NO_PROGRAM, isServerMissing, startServer } from './start-server';
import { askServer, openService, type Route } from './transport';

const POLL_MS = 1000;

/** A server that is ended more often than this within the time is fought over: two adb versions, as a rule. */
const MOST_STARTS = 3;
const FIGHT_MS = 60_000;
/** Before a server is started anew, doubled each time: whoever ended it may be starting one. */
const BACK_OFF_MS = 250;
/** Connecting over the network, or pairing, takes the device's time. */
const CONNECT_DEVICE_MS = 30_000;

/** Port of the ADB server: as adb itself, from ANDROID_ADB_SERVER_PORT or 5037. */
export const adbServerPort = (env: NodeJS.ProcessEnv = process.env): number => {
  const port = Number(env['ANDROID_ADB_SERVER_PORT']);
  return Number.isInteger(port) && port > 0 && port < 65536 ? port : 5037;
};

interface Names {
  readonly Adb: typeof AdbkitClass;
}

/** Node finds only a default among the names of this CommonJS package, which then holds them all; bundlers find them all. */
const namesOf = (loaded: unknown): Names =>
  (loaded as Partial<Names>).Adb === undefined ? (loaded as { default: Names }).default : (loaded as Names);

/** The ADB port over adbkit. It starts a server only where none runs, and never ends one. */
export class AdbkitAdb implements Adb {
  #client: Promise<Client> | undefined;
  readonly #port: number;
  readonly #shellProtocol = new Map<string, boolean>();
  #starting: Promise<void> | undefined;
  #starts: number[] = [];
  #routes: ReadonlyMap<string, Route> = new Map();

  constructor(port = adbServerPort()) {
    this.#port = port;
  }

  /** Loaded when a device is first asked for: most commands of the command line never do. */
  async #load(): Promise<Client> {
    const loaded: unknown = await import('@devicefarmer/adbkit');
    const Adbkit = namesOf(loaded).Adb;
    const client = Adbkit.createClient({
      host: '127.0.0.1',
      port: this.#port,
      bin: NO_PROGRAM,
      timeout: 0,
    });
    // Errors of single connections are told to whoever waits for them; here they only must not end the program.
    client.on('error', () => undefined);
    return client;
  }

  async list(): Promise<readonly AdbDevice[]> {
    const devices = readDeviceList(await this.#ask('host:devices-l'));
    this.#routes = new Map(devices.map(({ serial, route }) => [serial, route]));
    return devices.map(({ serial, state }) => ({ serial, state }));
  }

  /** Polls: a server tells of a lost TCP device late, and trackers die with it. */
  async watch(onChange: (devices: readonly AdbDevice[]) => void, signal: AbortSignal): Promise<void> {
    let last: string | undefined;
    while (!signal.aborted) {
      const devices = await this.list().catch((): readonly AdbDevice[] => []);
      const now = JSON.stringify(devices);
      if (now !== last && !signal.aborted) onChange(devices);
      last = now;
      await sleep(POLL_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  connection(serial: string): AdbConnection {
    const open = (service: string) =>
      this.#withServer((client) => openService(client, serial, this.#routeTo(serial), service));
    return {
      shell: async (request) => {
        request.signal?.throwIfAborted();
        const command = quoteCommand(request.command);
        if (await this.#hasShellProtocol(serial)) {
          const service = await open(`shell,v2,raw:${command}`);
          return readShell(service, protocolPackets(service), request);
        }
        const marker = `edgebench-${crypto.randomUUID()}`;
        const service = await open(`shell:${command}${statusEcho(marker)}`);
        return readShell(service, plainPackets(service, marker), request);
      },
      push: async (request) => {
        request.signal?.throwIfAborted();
        await pushThrough(await open('sync:'), request);
      },
      pull: async (path, limit, signal) => {
        signal?.throwIfAborted();
        return pullThrough(await open('sync:'), path, limit, signal);
      },
    };
  }

  /** Whether server and device both speak shell v2, which tells exit statuses (Android 7 and later). */
  async #hasShellProtocol(serial: string): Promise<boolean> {
    const known = this.#shellProtocol.get(serial);
    if (known !== undefined) return known;
    const route = this.#routeTo(serial);
    const prefix = route.startsWith('transport-id:') ? `host-${route}` : `host-serial:${serial}`;
    const features = await this.#ask(`${prefix}:features`);
    const has = features.split(',').includes('shell_v2');
    this.#shellProtocol.set(serial, has);
    return has;
  }

  async connect(address: string): Promise<void> {
    const said = await this.#ask(`host:connect:${address}`, CONNECT_DEVICE_MS);
    // The server answers failures as a success with a sentence (adb's connect_service).
    if (!/^(already )?connected to /.test(said)) throw unreachable(address, said);
  }

  async disconnect(address: string): Promise<void> {
    await this.#ask(`host:disconnect:${address}`);
  }

  async pair(address: string, code: string): Promise<void> {
    const said = await this.#ask(`host:pair:${code}:${address}`, CONNECT_DEVICE_MS);
    if (!said.startsWith('Successfully paired')) throw unreachable(address, said);
  }

  #ask(question: string, timeoutMs?: number): Promise<string> {
    return this.#withServer((client) => askServer(client, question, timeoutMs));
  }

  #routeTo(serial: string): Route {
    return this.#routes.get(serial) ?? `transport:${serial}`;
  }

  async #withServer<T>(act: (client: Client) => Promise<T>): Promise<T> {
    this.#client ??= this.#load();
    const client = await this.#client;
    try {
      return await act(client);
    } catch (cause) {
      if (!isServerMissing(cause)) throw cause;
      this.#starting ??= this.#start().finally(() => {
        this.#starting = undefined;
      });
      await this.#starting;
      return act(client);
    }
  }

  async #start(): Promise<void> {
    const now = performance.now();
    this.#starts = this.#starts.filter((at) => now - at < FIGHT_MS);
    if (this.#starts.length >= MOST_STARTS)
      throw new AppError(
        'device.adb-missing',
        `Another program keeps ending the ADB server (${MOST_STARTS} times in a minute): two versions of adb may be in use; keep one, then wait a minute.`,
      );
    if (this.#starts.length > 0) await sleep(BACK_OFF_MS * 2 ** this.#starts.length);
    this.#starts.push(now);
    await startServer(this.#port);
  }
}

const unreachable = (address: string, said: string): AppError =>
  new AppError(
    'device.not-found',
    `${address} cannot be reached: ${said.trim().slice(0, 300) || 'no reason given'}. Check the address, and that wireless debugging is on.`,
  );

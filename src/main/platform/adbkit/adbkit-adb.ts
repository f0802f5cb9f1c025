import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@devicefarmer/adbkit';
import type { Adb, AdbConnection, AdbDevice } from '@main/ports/adb';
import { DEVICE_STATES, type DeviceState } from '@shared/model/device';
import { quoteCommand } from './quote';
import { plainPackets, protocolPackets, readShell, statusEcho } from './shell';
import { pullThrough, pushThrough } from './sync';
import { NO_PROGRAM, isServerMissing, startServer } from './start-server';
import { askServer, openService } from './transport';

const POLL_MS = 1000;

/** As adbkit lists a device. */
interface ListedDevice {
  readonly id: string;
  readonly type: string;
}

/** Words of the ADB server that differ from ours, and what they stand for. */
const STATES: Readonly<Record<string, DeviceState>> = {
  'no permissions': 'no-permissions',
  authorizing: 'connecting',
  host: 'unknown',
  rescue: 'recovery',
};

const stateOf = (word: string): DeviceState =>
  DEVICE_STATES.find((state) => state === word) ??
  STATES[word] ??
  (word.startsWith('no permissions') ? 'no-permissions' : 'unknown');

/** Port of the ADB server: as adb itself, from ANDROID_ADB_SERVER_PORT or 5037. */
export const adbServerPort = (env: NodeJS.ProcessEnv = process.env): number => {
  const port = Number(env['ANDROID_ADB_SERVER_PORT']);
  return Number.isInteger(port) && port > 0 && port < 65536 ? port : 5037;
};

/** The ADB port over adbkit. It starts a server only where none runs, and never ends one. */
export class AdbkitAdb implements Adb {
  #client: Promise<Client> | undefined;
  readonly #port: number;
  readonly #shellProtocol = new Map<string, boolean>();
  #starting: Promise<void> | undefined;

  constructor(port = adbServerPort()) {
    this.#port = port;
  }

  /** Loaded when a device is first asked for: most commands of the command line never do. */
  async #load(): Promise<Client> {
    const { Adb: Adbkit } = await import('@devicefarmer/adbkit');
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
    const devices = await this.#withServer(async (client) => (await client.listDevices()) as ListedDevice[]);
    return devices.map(({ id, type }) => ({ serial: id, state: stateOf(type) }));
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
    const open = (service: string) => this.#withServer((client) => openService(client, serial, service));
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
    const features = await this.#withServer((client) => askServer(client, `host-serial:${serial}:features`));
    const has = features.split(',').includes('shell_v2');
    this.#shellProtocol.set(serial, has);
    return has;
  }

  async #withServer<T>(act: (client: Client) => Promise<T>): Promise<T> {
    this.#client ??= this.#load();
    const client = await this.#client;
    try {
      return await act(client);
    } catch (cause) {
      if (!isServerMissing(cause)) throw cause;
      this.#starting ??= startServer(this.#port).finally(() => {
        this.#starting = undefined;
      });
      await this.#starting;
      return act(client);
    }
  }
}

import type { Adb, AdbDevice } from '@main/ports/adb';
import type { DeviceLedger } from '@main/ports/device-ledger';
import type { LocalFiles } from '@main/ports/local-files';
import type { RunnerTarget } from '@main/ports/runner-target';
import type { DeviceEntry, DeviceList } from '@shared/api/devices';
import { AppError, isAppError } from '@shared/error/app-error';
import { deviceTitle } from '@shared/model/device-title';
import { ADVICE } from './advice';
import { DeviceTarget } from './device-target';
import { hintsOf } from './hints';
import { restoreDevice } from './prepare';

export { hostNoise } from './host-noise';

/** What the user names this computer in place of a device's serial. */
export const THIS_COMPUTER = 'this-computer';

/** A device that takes longer to say what it is does not hold up the list. */
const ANSWER_MS = 5000;

export interface DeviceServiceParts {
  readonly adb: Adb;
  readonly files: LocalFiles;
  readonly ledger: DeviceLedger;
  readonly thisComputer: RunnerTarget;
}

/** Devices: which there are, what they are, and as places to run the runner on. */
export class DeviceService {
  readonly #parts: DeviceServiceParts;
  readonly #targets = new Map<string, DeviceTarget>();

  constructor(parts: DeviceServiceParts) {
    this.#parts = parts;
  }

  async list(): Promise<DeviceList> {
    try {
      const devices = await this.#parts.adb.list();
      await this.restoreLeftovers();
      return await this.#entries(devices);
    } catch (error) {
      if (!isAppError(error)) throw error;
      return { devices: [await this.#thisComputer()], problem: error.message };
    }
  }

  /** Calls `onChange` with the list now and at each change, until the signal. */
  async watch(onChange: (list: DeviceList) => void, signal: AbortSignal): Promise<void> {
    onChange(await this.list());
    await this.#parts.adb.watch(() => {
      void this.list().then((list) => {
        if (!signal.aborted) onChange(list);
      });
    }, signal);
  }

  connect(address: string): Promise<void> {
    return this.#parts.adb.connect(address);
  }

  disconnect(address: string): Promise<void> {
    return this.#parts.adb.disconnect(address);
  }

  pair(address: string, code: string): Promise<void> {
    return this.#parts.adb.pair(address, code);
  }

  /** Serials that a request names: "all" stands for every ready device, or for this computer where there is none. */
  async resolve(names: readonly string[]): Promise<readonly string[]> {
    if (!names.includes('all')) return [...new Set(names)];
    const devices = await this.#parts.adb.list().catch((error: unknown): readonly AdbDevice[] => {
      // Without adb there is this computer; a server that breaks down is no reason to measure elsewhere than was asked.
      if (isAppError(error) && error.code === 'device.adb-missing') return [];
      throw error;
    });
    const ready = devices.filter(({ state }) => state === 'device').map(({ serial }) => serial);
    const others = names.filter((name) => name !== 'all');
    return [...new Set([...(ready.length > 0 ? ready : [THIS_COMPUTER]), ...others])];
  }

  /** Rejects with `device.not-found` or `device.not-ready` and what to do about it. */
  async target(serial: string): Promise<RunnerTarget> {
    if (serial === THIS_COMPUTER) return this.#parts.thisComputer;
    await this.restoreLeftovers();
    const found = (await this.#parts.adb.list()).find((device) => device.serial === serial);
    if (!found)
      throw new AppError(
        'device.not-found',
        `There is no device '${serial}': see "edgebench devices" for those there are.`,
      );
    if (found.state !== 'device')
      throw new AppError('device.not-ready', `Device ${serial}: ${ADVICE[found.state]}`);
    return this.#target(serial);
  }

  /** Puts back what a killed or cut-off program changed on devices that are here now; the serials of those put back. */
  async restoreLeftovers(): Promise<readonly string[]> {
    const { adb, ledger } = this.#parts;
    const entries = await ledger.leftovers();
    if (entries.length === 0) return [];
    const devices = await adb.list().catch((): readonly AdbDevice[] => []);
    const restored: string[] = [];
    for (const { id, serial, changes } of entries) {
      if (!devices.some((device) => device.serial === serial && device.state === 'device')) continue;
      try {
        await restoreDevice(adb.connection(serial), changes);
        await ledger.remove(id);
        restored.push(serial);
      } catch (error) {
        // It stays in the ledger until the device answers.
        if (!isAppError(error)) throw error;
      }
    }
    return restored;
  }

  #target(serial: string): DeviceTarget {
    const { adb, files, ledger } = this.#parts;
    const known =
      this.#targets.get(serial) ?? new DeviceTarget(serial, adb.connection(serial), files, ledger);
    this.#targets.set(serial, known);
    return known;
  }

  async #entries(devices: readonly AdbDevice[]): Promise<DeviceList> {
    // What went away may come back with another device on the same port.
    for (const serial of this.#targets.keys())
      if (!devices.some((device) => device.serial === serial)) this.#targets.delete(serial);
    return {
      devices: [
        ...(await Promise.all(devices.map((device) => this.#entry(device)))),
        await this.#thisComputer(),
      ],
    };
  }

  async #entry({ serial, state }: AdbDevice): Promise<DeviceEntry> {
    const entry = {
      serial,
      title: serial,
      state,
      ready: state === 'device',
      advice: ADVICE[state],
      hints: [],
    };
    if (state !== 'device') return entry;
    const slow = new AbortController();
    const timer = setTimeout(() => slow.abort(new AppError('timeout', ADVICE.offline)), ANSWER_MS);
    try {
      const target = this.#target(serial);
      const fingerprint = await target.fingerprint(slow.signal);
      const known = { ...entry, title: deviceTitle(fingerprint), fingerprint };
      if (target.isHeld) return { ...known, busy: true };
      const conditions = await target.conditions(slow.signal).catch((error: unknown) => {
        if (slow.signal.aborted) return undefined;
        throw error;
      });
      return conditions ? { ...known, conditions, hints: [...hintsOf(fingerprint, conditions)] } : known;
    } catch (error) {
      if (!isAppError(error)) throw error;
      return { ...entry, state: 'offline', ready: false, advice: error.message };
    } finally {
      clearTimeout(timer);
    }
  }

  async #thisComputer(): Promise<DeviceEntry> {
    const { thisComputer } = this.#parts;
    const [fingerprint, conditions] = [await thisComputer.fingerprint(), await thisComputer.conditions()];
    return {
      serial: THIS_COMPUTER,
      title: 'This computer',
      state: 'device',
      ready: true,
      advice: ADVICE.device,
      fingerprint,
      conditions,
      hints: [...hintsOf(fingerprint, conditions)],
    };
  }
}

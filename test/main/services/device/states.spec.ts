import { describe, expect, it } from 'vitest';
import { DeviceService } from '@main/services/device';
import { ADVICE } from '@main/services/device/advice';
import type { Adb, AdbDevice } from '@main/ports/adb';
import type { RunnerTarget } from '@main/ports/runner-target';
import type { DeviceList } from '@shared/api/devices';
import { AppError } from '@shared/error/app-error';
import { DEVICE_STATES } from '@shared/model/device';

/** States that no device of the tests can be in, told by an ADB server. */
function serviceOn(list: () => readonly AdbDevice[]) {
  let tell: (devices: readonly AdbDevice[]) => void = () => undefined;
  const notMade = (): never => {
    throw new Error('not asked for here');
  };
  const adb: Adb = {
    list: () => Promise.resolve(list()),
    watch: (onChange, signal) => {
      tell = onChange;
      return new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
    },
    connection: () => ({
      shell: () => Promise.resolve({ exitStatus: 0, output: '', errors: '' }),
      push: notMade,
      pull: notMade,
    }),
    connect: notMade,
    disconnect: notMade,
    pair: notMade,
  };
  const thisComputer = {
    serial: 'this-computer',
    fingerprint: () => Promise.resolve({ kind: 'this-computer', serial: 'this-computer', abis: [] }),
    conditions: () => Promise.resolve({}),
  } as unknown as RunnerTarget;
  const ledger = {
    write: notMade,
    remove: notMade,
    leave: notMade,
    leftovers: () => Promise.resolve([]),
  };
  const files = { identify: notMade, open: notMade };
  const service = new DeviceService({ adb, files, ledger, thisComputer });
  return { service, change: () => tell(list()) };
}

const NOT_READY = DEVICE_STATES.filter((state) => state !== 'device');

describe('states of devices', () => {
  it('have each its own next step', () => {
    expect(new Set(Object.values(ADVICE)).size).toBe(DEVICE_STATES.length);
  });

  it.each(NOT_READY)('%s: listed with what to do, and not measured on', async (state) => {
    const { service } = serviceOn(() => [{ serial: 'S', state }]);
    const { devices } = await service.list();
    expect(devices[0]).toMatchObject({ serial: 'S', state, ready: false, advice: ADVICE[state] });
    await expect(service.target('S')).rejects.toMatchObject({
      code: 'device.not-ready',
      message: `Device S: ${ADVICE[state]}`,
    });
    expect(await service.resolve(['all'])).toEqual(['this-computer']);
  });

  it.each(NOT_READY)('%s: ready by itself once it becomes "device"', async (state) => {
    let now: AdbDevice['state'] = state;
    const { service, change } = serviceOn(() => [{ serial: 'S', state: now }]);
    const stop = new AbortController();
    const seen: boolean[] = [];
    const ready = new Promise<void>((resolve) => {
      void service.watch(({ devices }: DeviceList) => {
        seen.push(devices[0]?.ready ?? false);
        if (devices[0]?.ready) resolve();
        else {
          now = 'device';
          setImmediate(change);
        }
      }, stop.signal);
    });
    await ready;
    stop.abort();
    expect(seen).toEqual([false, true]);
  });

  it('without any ADB server there is this computer, and why there is no more', async () => {
    const { service } = serviceOn(() => {
      throw new AppError('device.adb-missing', 'No adb: install it.');
    });
    const { devices, problem } = await service.list();
    expect(devices.map(({ serial }) => serial)).toEqual(['this-computer']);
    expect(problem).toBe('No adb: install it.');
  });
});

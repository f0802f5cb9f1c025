import { describe, expect, it } from 'vitest';
import { hintsOf } from '@main/services/device/hints';
import { hostNoise } from '@main/services/device/host-noise';
import type { DeviceFingerprint } from '@shared/model/device';

const phone: DeviceFingerprint = {
  kind: 'android',
  serial: 'S',
  abis: ['arm64-v8a'],
  sdk: 34,
  ramBytes: 8e9,
  clusters: [{ cores: [0, 1, 2, 3] }, { cores: [4, 5, 6, 7] }],
};
const computer: DeviceFingerprint = { kind: 'this-computer', serial: 'this-computer', abis: ['x64'] };

describe('hints before measuring', () => {
  it('are none for a device at its best', () => {
    const best = { load: 1, batteryPercent: 80, charging: false, thermalStatus: 0, freeRamBytes: 4e9 };
    expect(hintsOf(phone, best)).toEqual([]);
    expect(hintsOf(computer, { load: 0.1, governors: ['performance'], turbo: false })).toEqual([]);
    expect(hintsOf(phone, {})).toEqual([]);
  });

  it.each([
    [{ thermalStatus: 1 }, 'Warm (thermal status light)'],
    [{ thermalStatus: 3 }, 'Too hot to be measured (thermal status severe)'],
    [{ batteryPercent: 14, charging: false }, 'Battery at 14 %'],
    [{ governors: ['powersave'] }, 'powersave'],
    [{ load: 4.1 }, 'load 4.1 on 8 cores'],
    [{ freeRamBytes: 5e8 }, 'Little memory'],
  ])('say what %j means', (now, text) => {
    expect(hintsOf(phone, now)).toEqual([expect.stringContaining(text)]);
  });

  it('are quiet about a low battery that is being charged', () => {
    expect(hintsOf(phone, { batteryPercent: 5, charging: true })).toEqual([]);
  });

  it('say what a device is not fit for, and what a computer does with its clocks', () => {
    expect(hintsOf({ ...phone, sdk: 29, simulated: true }, {})).toHaveLength(2);
    expect(hintsOf(computer, { governors: ['schedutil'], turbo: true })).toEqual([
      expect.stringContaining('schedutil') as string,
      expect.stringContaining('Turbo') as string,
    ]);
  });

  it('tell the noise of this computer as a share', async () => {
    expect(await hostNoise()).toBeGreaterThanOrEqual(0);
  });
});

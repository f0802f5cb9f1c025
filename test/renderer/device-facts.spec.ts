import { describe, expect, it } from 'vitest';
import type { DeviceEntry } from '@shared/api/devices';
import {
  clockText,
  clustersOf,
  hardwareFacts,
  isOnNetwork,
  stateFacts,
} from '@renderer/components/devices/device-facts';

const entry = (clusters: { cores: number[]; maxKHz?: number }[], cpuKHz?: number[]): DeviceEntry => ({
  serial: 'S',
  title: 'S',
  state: 'device',
  ready: true,
  advice: '',
  hints: [],
  fingerprint: { kind: 'android', serial: 'S', abis: [], clusters },
  ...(cpuKHz ? { conditions: { cpuKHz } } : {}),
});

describe('what a device card shows', () => {
  it('clusters by the names that a benchmark takes, fastest first, each core with its own clock', () => {
    const three = entry(
      [
        { cores: [0, 1], maxKHz: 1_800_000 },
        { cores: [2], maxKHz: 2_350_000 },
        { cores: [3], maxKHz: 2_850_000 },
      ],
      [300_000, 400_000, 500_000, 600_000],
    );
    expect(clustersOf(three).map(({ kind, cores }) => [kind, cores.map(({ khz }) => khz)])).toEqual([
      ['big', [600_000]],
      ['middle', [500_000]],
      ['little', [300_000, 400_000]],
    ]);
    expect(clustersOf(entry([{ cores: [0, 1] }]))).toMatchObject([{ kind: '' }]);
    expect(clustersOf(entry([{ cores: [0] }], [1, 2]))[0]?.cores[0]?.khz).toBeUndefined();
  });

  it('only what was told', () => {
    expect(stateFacts({})).toEqual([]);
    expect(hardwareFacts({ kind: 'android', serial: 'S', abis: [] })).toEqual([]);
  });

  it('what is wrong in a tone of its own', () => {
    expect(stateFacts({ batteryPercent: 9, charging: false })).toMatchObject([{ value: '9 %', tone: 'bad' }]);
    expect(stateFacts({ thermalStatus: 2 })).toMatchObject([{ value: 'moderate', tone: 'warn' }]);
    expect(stateFacts({ hottestC: 43, zonesC: { BIG: 43, skin: 30 } })).toMatchObject([
      { value: '43 °C (BIG)' },
    ]);
  });

  it('a way to disconnect only for what is connected over the network', () => {
    expect(['192.168.1.2:5555', '[fe80::1]:5555', 'phone.local:37123'].every(isOnNetwork)).toBe(true);
    expect(['emulator-5554', 'R58M123', 'this-computer', 'twin#7'].some(isOnNetwork)).toBe(false);
  });

  it('clocks in the unit that suits', () => {
    expect([clockText(576_000), clockText(2_850_000), clockText(undefined)]).toEqual([
      '576 MHz',
      '2.85 GHz',
      '',
    ]);
  });
});

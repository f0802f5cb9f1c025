import { describe, expect, it } from 'vitest';
import { energyOf } from '@main/services/bench/energy';
import type { DeviceConditions } from '@shared/model/device';
import type { Launch } from '@shared/model/run';

const launch = (before: DeviceConditions, after: DeviceConditions, more: Partial<Launch> = {}): Launch => ({
  index: 0,
  status: 'completed',
  warmupRuns: 9,
  samplesNs: Array.from({ length: 90 }, () => 1000),
  before,
  after,
  ...more,
});
const rails = (cpu: number, memory: number, screen: number): DeviceConditions => ({
  railsMicroJ: { S4M_VDD_CPUCL0: cpu, S1M_VDD_MIF: memory, VSYS_PWR_DISPLAY: screen },
});
const battery = (chargeMicroAh: number, charging = false): DeviceConditions => ({
  chargeMicroAh,
  charging,
  batteryMilliV: 4000,
});

describe('energy of an inference', () => {
  it('is what the rails of processors and memory took, over every inference that was made', () => {
    // 100 inferences of each launch: 9 to warm up, the first, 90 samples.
    const first = launch(rails(1000, 500, 0), rails(5000, 1500, 9_000_000));
    const second = launch(rails(5000, 1500, 0), rails(8000, 2500, 9_000_000));
    expect(energyOf([first, second])).toEqual({
      microJoules: (5000 + 4000) / 200,
      valid: true,
      source: 'power rails S1M_VDD_MIF + S4M_VDD_CPUCL0',
    });
  });

  it('counts completed launches only, and the inferences that a runner without samples tells', () => {
    const spoiled = launch(rails(0, 0, 0), rails(9_000_000, 0, 0), { status: 'quarantined' });
    const told = launch(rails(0, 0, 0), rails(600, 0, 0), {
      samplesNs: [],
      told: { samples: 50, meanNs: 10, minNs: 9, maxNs: 11 },
    });
    expect(energyOf([spoiled, told])).toMatchObject({ microJoules: 10 });
    expect(energyOf([spoiled])).toBeUndefined();
  });

  it('is not known where the meters stand still, begin anew or are gone', () => {
    expect(energyOf([launch(rails(5, 5, 5), rails(5, 5, 5))])).toBeUndefined();
    expect(energyOf([launch(rails(5000, 5, 5), rails(4, 5, 5))])).toBeUndefined();
    expect(energyOf([launch(rails(5, 5, 5), {})])).toBeUndefined();
    expect(energyOf([launch({}, {})])).toBeUndefined();
  });

  it('of the battery: charge times voltage, which holds only unplugged and for more than the gauge rounds away', () => {
    // 50,000 uAh at 4 V are 720 J.
    const unplugged = energyOf([launch(battery(2_050_000), battery(2_000_000))]);
    expect(unplugged).toEqual({ microJoules: 7_200_000, valid: true, source: 'battery charge' });
    expect(energyOf([launch(battery(2_050_000), battery(2_000_000, true))])).toMatchObject({
      valid: false,
      source: expect.stringContaining('external power') as string,
    });
    expect(energyOf([launch(battery(2_001_000), battery(2_000_000))])).toMatchObject({
      valid: false,
      source: expect.stringContaining('too little') as string,
    });
  });
});

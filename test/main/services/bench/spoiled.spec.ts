import { describe, expect, it } from 'vitest';
import { whyNotNow, whySpoiled } from '@main/services/bench/spoiled';
import type { DeviceConditions } from '@shared/model/device';

const fine: DeviceConditions = {
  thermalStatus: 0,
  batteryPercent: 80,
  charging: true,
  maxKHz: [1_800_000, 2_800_000],
  screenOn: false,
};

describe('when a launch counts', () => {
  it('counts under steady conditions, and where a target tells nothing', () => {
    expect(whySpoiled(fine, fine)).toBeUndefined();
    expect(whySpoiled({}, {})).toBeUndefined();
    expect(whyNotNow(fine)).toBeUndefined();
    expect(whyNotNow({})).toBeUndefined();
  });

  const SPOILED: [string, DeviceConditions, RegExp][] = [
    ['heat that rose', { ...fine, thermalStatus: 1 }, /from 0 to 1/],
    ['charging that ended', { ...fine, charging: false }, /charging ended/],
    ['a screen that came on', { ...fine, screenOn: true }, /screen was turned on/],
    ['throttling', { ...fine, maxKHz: [1_800_000, 2_000_000] }, /core 1 from 2800000 to 2000000/],
  ];
  it.each(SPOILED)('does not count with %s', (_, after, why) => {
    expect(whySpoiled(fine, after)).toMatch(why);
  });

  it('does not count, and does not begin, with a low battery unless it charges', () => {
    const low: DeviceConditions = { batteryPercent: 10, charging: false };
    expect(whySpoiled(low, low)).toMatch(/battery low/);
    expect(whyNotNow({ batteryPercent: 5, charging: false })).toMatch(/battery low/);
    expect(whyNotNow({ batteryPercent: 5, charging: true })).toBeUndefined();
    expect(whyNotNow({ thermalStatus: 3 })).toMatch(/too hot/);
  });
});

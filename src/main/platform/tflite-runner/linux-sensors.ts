import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DeviceConditions } from '@shared/model/device';

const CPU = '/sys/devices/system/cpu';

/** Temperatures that Linux shows, in degrees; none elsewhere. */
export function readZones(): Record<string, number> {
  const zones: [string, number][] = [];
  for (let i = 0; i < 64; i++) {
    const folder = `/sys/class/thermal/thermal_zone${i}`;
    const name = read(join(folder, 'type'));
    if (name === undefined) break;
    zones.push([name, Number(read(join(folder, 'temp')) ?? Number.NaN) / 1000]);
  }
  return Object.fromEntries(zones.filter(([, value]) => value > -40 && value < 150));
}

/** Scaling governors and whether turbo is on, where Linux tells (cpufreq and intel_pstate in the kernel's admin-guide). */
export function readClocks(): Pick<DeviceConditions, 'governors' | 'turbo'> {
  const governors = new Set<string>();
  for (let core = 0; core < 1024; core++) {
    const governor = read(`${CPU}/cpu${core}/cpufreq/scaling_governor`);
    if (governor === undefined) break;
    governors.add(governor);
  }
  const noTurbo = read(`${CPU}/intel_pstate/no_turbo`);
  const boost = read(`${CPU}/cpufreq/boost`);
  const turbo = noTurbo !== undefined ? noTurbo === '0' : boost !== undefined ? boost === '1' : undefined;
  return {
    ...(governors.size > 0 ? { governors: [...governors] } : {}),
    ...(turbo === undefined ? {} : { turbo }),
  };
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined;
  }
}

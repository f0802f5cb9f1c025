import type { DeviceConditions, DeviceFingerprint } from '@shared/model/device';

/** Statuses of android.os.PowerManager (THERMAL_STATUS_LIGHT is 1). */
const HEAT = ['none', 'light', 'moderate', 'severe', 'critical', 'emergency', 'shutdown'];
const SEVERE = 3;
const LOW_BATTERY_PERCENT = 15;
/** Fixed-performance mode came with Android 11. */
const FIXED_PERFORMANCE_SDK = 30;
/** Of the memory; with less free, Android begins to end programs. */
const LITTLE_MEMORY = 0.08;

/** What speaks against measuring on a device as it is now, each with what to do about it; nothing when it is at its best. */
export function hintsOf(device: DeviceFingerprint, now: DeviceConditions): readonly string[] {
  const cores = (device.clusters ?? []).reduce((sum, cluster) => sum + cluster.cores.length, 0) || 1;
  const load = now.load ?? 0;
  const common = [
    load > cores / 2 &&
      `Busy: load ${load.toFixed(1)} on ${cores} cores. Close what runs on it, or its timings will wander.`,
    device.ramBytes !== undefined &&
      now.freeRamBytes !== undefined &&
      now.freeRamBytes < device.ramBytes * LITTLE_MEMORY &&
      'Little memory is free: close some programs.',
  ];
  const own = device.kind === 'android' ? ofAndroid(device, now) : ofComputer(now);
  return [...own, ...common].filter((hint): hint is string => typeof hint === 'string');
}

function ofAndroid(device: DeviceFingerprint, now: DeviceConditions): readonly (string | false)[] {
  const heat = now.thermalStatus ?? 0;
  const battery = now.batteryPercent ?? 100;
  return [
    device.simulated === true && "A simulated device: its figures are no phone's.",
    heat >= SEVERE &&
      `Too hot to be measured (thermal status ${HEAT[heat] ?? heat}): take it off the charger and let it cool down.`,
    heat > 0 &&
      heat < SEVERE &&
      `Warm (thermal status ${HEAT[heat]}): it slows itself down; let it cool down.`,
    battery < LOW_BATTERY_PERCENT &&
      now.charging !== true &&
      `Battery at ${battery} %: not measured below ${LOW_BATTERY_PERCENT} %, charge it.`,
    now.governors?.includes('powersave') === true &&
      'The governor powersave holds its clocks down: turn battery saver off.',
    device.sdk !== undefined &&
      device.sdk < FIXED_PERFORMANCE_SDK &&
      'Before Android 11 there is no fixed-performance mode: take more launches.',
  ];
}

const ofComputer = ({ governors, turbo }: DeviceConditions): readonly (string | false)[] => [
  governors !== undefined &&
    governors.some((governor) => governor !== 'performance') &&
    `Governor ${governors.join(', ')}: clocks follow the load; "performance" would hold them.`,
  turbo === true && 'Turbo is on: clocks depend on heat and on how many cores are at work.',
];

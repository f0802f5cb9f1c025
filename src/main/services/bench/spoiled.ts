import type { DeviceConditions } from '@shared/model/device';

/** Battery below this, unplugged, makes phones slow themselves down. */
const LOW_BATTERY_PERCENT = 15;
/** Android's thermal statuses from moderate on slow the processor (android.os.PowerManager: THERMAL_STATUS_MODERATE is 2). */
const MODERATE = 2;
const SEVERE = 3;

/** Why a launch must not begin under these conditions, or undefined when it may. */
export function whyNotNow(now: DeviceConditions): string | undefined {
  if ((now.thermalStatus ?? 0) >= SEVERE) return `too hot (thermal status ${now.thermalStatus})`;
  if ((now.batteryPercent ?? 100) < LOW_BATTERY_PERCENT && now.charging !== true)
    return `battery low (${now.batteryPercent} %)`;
  return undefined;
}

/** Why a launch between these two moments is quarantined, or undefined when it counts. */
export function whySpoiled(before: DeviceConditions, after: DeviceConditions): string | undefined {
  const [cool, hot] = [before.thermalStatus ?? 0, after.thermalStatus ?? 0];
  if (hot >= MODERATE) return `too hot (thermal status ${hot})`;
  if (hot > cool) return `got hot (thermal status from ${cool} to ${hot})`;
  if (before.charging !== undefined && after.charging !== undefined && before.charging !== after.charging)
    return after.charging ? 'charging began during it' : 'charging ended during it';
  if ((after.batteryPercent ?? 100) < LOW_BATTERY_PERCENT && after.charging !== true)
    return `battery low (${after.batteryPercent} %)`;
  const throttled = before.maxKHz?.findIndex((khz, i) => (after.maxKHz?.[i] ?? khz) < khz) ?? -1;
  if (throttled >= 0)
    return `throttled (core ${throttled} from ${before.maxKHz?.[throttled]} to ${after.maxKHz?.[throttled]} kHz)`;
  if (before.screenOn !== undefined && after.screenOn !== undefined && before.screenOn !== after.screenOn)
    return after.screenOn ? 'the screen was turned on during it' : 'the screen was turned off during it';
  return undefined;
}

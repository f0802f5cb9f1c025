import type { DeviceConditions } from '@shared/model/device';
import type { Gate } from '@shared/model/profile';

/** Battery below this, unplugged, makes phones slow themselves down. */
const LOW_BATTERY_PERCENT = 15;
/** Android's thermal statuses from moderate on slow the processor (android.os.PowerManager: THERMAL_STATUS_MODERATE is 2). */
const MODERATE = 2;
const SEVERE = 3;

/** For profiles that name no conditions. */
export const LEAST_GATE: Gate = {
  waitSeconds: 0,
  thermalStatus: SEVERE - 1,
  batteryPercent: LOW_BATTERY_PERCENT,
};

/**
 * Why a launch must not begin under these conditions, or undefined when it may. `start` is what the device was like when the plan began:
 * launches of one plan are to be comparable.
 */
export function whyNotNow(
  now: DeviceConditions,
  gate: Gate = LEAST_GATE,
  start: DeviceConditions = {},
): string | undefined {
  if ((now.thermalStatus ?? 0) > gate.thermalStatus) return `too hot (thermal status ${now.thermalStatus})`;
  if (gate.batteryC !== undefined && (now.batteryC ?? 0) > gate.batteryC)
    return `too hot (battery at ${now.batteryC} °C, at most ${gate.batteryC} °C wanted)`;
  if ((now.batteryPercent ?? 100) < gate.batteryPercent && now.charging !== true)
    return `battery low (${now.batteryPercent} %)`;
  return changedSince(start, now);
}

/** Charging or screen other than they were, in words. */
function changedSince(start: DeviceConditions, now: DeviceConditions): string | undefined {
  if (start.charging !== undefined && now.charging !== undefined && start.charging !== now.charging)
    return now.charging ? 'charging since the plan began' : 'not charging any more since the plan began';
  if (start.screenOn !== undefined && now.screenOn !== undefined && start.screenOn !== now.screenOn)
    return now.screenOn ? 'the screen was turned on' : 'the screen was turned off';
  return undefined;
}

export const isSevere = ({ thermalStatus }: DeviceConditions): boolean => (thermalStatus ?? 0) >= SEVERE;

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

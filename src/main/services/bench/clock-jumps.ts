import type { Clock } from '@main/ports/clock';
import type { DeviceConditions } from '@shared/model/device';

/** Clocks drift, and asking takes time: less than this is no jump. */
const TOLERANCE_S = 5;

/** This computer's clocks at one moment. */
export interface Moment {
  readonly wallMs: number;
  readonly monotonicNs: number;
}

export const momentOf = (clock: Clock): Moment => ({
  wallMs: Date.parse(clock.nowIso()),
  monotonicNs: clock.monotonicNs(),
});

const seconds = (value: number): string => `${value > 0 ? '+' : ''}${Math.round(value)} s`;

/**
 * What to remark on a launch between two moments: clocks that were set, and sleep. Durations are not touched by it, as none comes from
 * such a clock.
 */
export function clockJumps(
  from: Moment,
  to: Moment,
  before?: DeviceConditions,
  after?: DeviceConditions,
): string[] {
  const notes: string[] = [];
  const host = (to.wallMs - from.wallMs) / 1e3 - (to.monotonicNs - from.monotonicNs) / 1e9;
  if (Math.abs(host) > TOLERANCE_S)
    notes.push(`this computer slept, or its clock was set (${seconds(host)}), during it`);
  const device = jumpOf(before, after);
  if (device !== undefined && Math.abs(device) > TOLERANCE_S)
    notes.push(`the device's clock was set (${seconds(device)}) during it`);
  return notes;
}

/** By how much a device's wall clock went further than its time since the start of its system. */
function jumpOf(before?: DeviceConditions, after?: DeviceConditions): number | undefined {
  if (before?.clockS === undefined || before.uptimeS === undefined) return undefined;
  if (after?.clockS === undefined || after.uptimeS === undefined) return undefined;
  // Started anew: there is nothing to compare with.
  if (after.uptimeS < before.uptimeS) return undefined;
  return after.clockS - before.clockS - (after.uptimeS - before.uptimeS);
}

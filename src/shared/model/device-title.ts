import type { DeviceFingerprint } from './device';

/** A device as people call it, e.g. "Google Pixel 7"; one that is no real device says so wherever its name is shown. */
export function deviceTitle(device: DeviceFingerprint): string {
  const { manufacturer, model, serial, simulated } = device;
  const name = [manufacturer, model].filter((part) => part !== undefined && part !== '').join(' ') || serial;
  return simulated ? `${name} (simulated)` : name;
}

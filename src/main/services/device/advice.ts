import type { DeviceState } from '@shared/model/device';

/** What the user can do about a device in each state. */
export const ADVICE: Record<DeviceState, string> = {
  device: 'Ready.',
  offline: 'It does not answer: unplug it and plug it in again, or turn USB debugging off and on.',
  unauthorized: 'Unlock it and allow USB debugging from this computer.',
  'no-permissions': 'This computer may not use it: add a udev rule for it, then plug it in again.',
  recovery: 'It is in recovery mode: restart it.',
  sideload: 'It waits for an update in sideload mode: restart it.',
  bootloader: 'It is in its bootloader: restart it.',
  connecting: 'It is being connected: wait a moment.',
  unknown: 'Its state is not known: unplug it and plug it in again.',
};

import type { DeviceState } from '@shared/model/device';

/** What the user can do about a device in each state. */
export const ADVICE: Record<DeviceState, string> = {
  device: 'Ready.',
  offline:
    'It does not answer: unplug it and plug it in again, or turn USB debugging off and on. Over the network, connect to it again.',
  unauthorized:
    'Unlock it and allow USB debugging from this computer (tick "Always allow"). No question there? Revoke the USB debugging authorizations in its Developer options, then plug it in again.',
  'no-permissions':
    'This computer may not use it: install udev rules for Android (Debian: android-sdk-platform-tools-common) or join the group plugdev, then plug it in again.',
  recovery: 'It is in recovery mode: choose "Reboot system now" on it.',
  sideload: 'It waits for an update in sideload mode: cancel that on it, then choose "Reboot system now".',
  bootloader: 'It is in its bootloader: choose "Start" on it, or hold its power button.',
  connecting: 'It is being connected: wait a moment; it goes on by itself.',
  unknown: 'Its state is not known: unplug it and plug it in again.',
};

import { eventIterator, oc } from '@orpc/contract';
import * as z from 'zod';
import { DEVICE_STATES, deviceConditionsSchema, deviceFingerprintSchema } from '../model/device';

/** A device as the list shows it. `advice` says what the user can do when it is not ready. */
export const deviceEntrySchema = z.object({
  serial: z.string(),
  title: z.string(),
  state: z.enum(DEVICE_STATES),
  ready: z.boolean(),
  advice: z.string(),
  fingerprint: deviceFingerprintSchema.optional(),
  conditions: deviceConditionsSchema.optional(),
  /** What speaks against measuring on it as it is now, and what to do about it. */
  hints: z.array(z.string()),
  /** It is being measured: how it is now is not asked, as that would show in the figures. */
  busy: z.boolean().optional(),
});
export type DeviceEntry = z.infer<typeof deviceEntrySchema>;

/** `problem` says why no phone can be seen at all (no adb), with what to do; this computer is always in the list. */
export const deviceListSchema = z.object({
  devices: z.array(deviceEntrySchema),
  problem: z.string().optional(),
});
export type DeviceList = z.infer<typeof deviceListSchema>;

/** "192.168.1.20:5555", "phone.local:5555", "[fe80::1]:5555"; nothing that the ADB server could read as more than an address. */
const address = z
  .string()
  .max(300)
  .regex(/^([\w.-]+|\[[0-9a-fA-F:.%\w]+\]):\d{1,5}$/, 'Write it as HOST:PORT.');

export const devicesApi = {
  list: oc.output(deviceListSchema),
  /** The list, and again whenever it changes. */
  watch: oc.output(eventIterator(deviceListSchema)),
  /** Share by which the slowest tenth of some fixed work exceeds its median on this computer. */
  hostNoise: oc.output(z.object({ slower: z.number() })),
  /** Over the network; the device is in the list then. */
  connect: oc.input(z.strictObject({ address })).output(z.void()),
  disconnect: oc.input(z.strictObject({ address })).output(z.void()),
  /** With the code that the device shows under "Wireless debugging". */
  pair: oc
    .input(z.strictObject({ address, code: z.string().regex(/^\d{6}$/, 'The code has six digits.') }))
    .output(z.void()),
};

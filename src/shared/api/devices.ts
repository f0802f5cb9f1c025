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
});
export type DeviceEntry = z.infer<typeof deviceEntrySchema>;

/** `problem` says why no phone can be seen at all (no adb), with what to do; this computer is always in the list. */
export const deviceListSchema = z.object({
  devices: z.array(deviceEntrySchema),
  problem: z.string().optional(),
});
export type DeviceList = z.infer<typeof deviceListSchema>;

export const devicesApi = {
  list: oc.output(deviceListSchema),
  /** The list, and again whenever it changes. */
  watch: oc.output(eventIterator(deviceListSchema)),
};

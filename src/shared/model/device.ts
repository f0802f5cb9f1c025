import * as z from 'zod';

const text = z.string().max(4096);

export const DEVICE_KINDS = ['android', 'this-computer'] as const;
export type DeviceKind = (typeof DEVICE_KINDS)[number];

/** States as ADB tells them, and what the user can do about each is decided by the device service. */
export const DEVICE_STATES = [
  'device',
  'offline',
  'unauthorized',
  'no-permissions',
  'recovery',
  'sideload',
  'bootloader',
  'connecting',
  'unknown',
] as const;
export type DeviceState = (typeof DEVICE_STATES)[number];

/** What a device is: told by it once, and stored with every run. Absent where it does not tell. */
export const deviceFingerprintSchema = z.object({
  kind: z.enum(DEVICE_KINDS),
  /** Serial as ADB shows it, "this-computer" for the host. */
  serial: text,
  manufacturer: text.optional(),
  model: text.optional(),
  soc: text.optional(),
  abis: z.array(text).max(16),
  /** Android release or the host's operating system, e.g. "14" or "Linux 6.1". */
  osVersion: text.optional(),
  sdk: z.number().int().optional(),
  build: text.optional(),
  ramBytes: z.number().nonnegative().optional(),
  clusters: z
    .array(
      z.object({ cores: z.array(z.number().int()).max(1024), maxKHz: z.number().nonnegative().optional() }),
    )
    .max(64)
    .optional(),
  gpu: text.optional(),
  accelerators: z.array(text).max(64).optional(),
  wearable: z.boolean().optional(),
  /** An emulator or a made-up device: its figures are no phone's. */
  simulated: z.boolean().optional(),
});
export type DeviceFingerprint = z.infer<typeof deviceFingerprintSchema>;

/** What a device was like at one moment. Absent values could not be read. */
export const deviceConditionsSchema = z.object({
  /** Nanoseconds since the start of the run, on a monotonic clock. */
  atNs: z.number().nonnegative().optional(),
  batteryPercent: z.number().optional(),
  charging: z.boolean().optional(),
  batteryC: z.number().optional(),
  /** Hottest of the thermal zones read, and the zones themselves. */
  hottestC: z.number().optional(),
  zonesC: z.record(text, z.number()).optional(),
  /** Android's thermal status, 0 none … 6 shutdown. */
  thermalStatus: z.number().int().optional(),
  /** Scaling governors in use, and the frequency that each core may go up to. */
  governors: z.array(text).max(64).optional(),
  maxKHz: z.array(z.number()).max(64).optional(),
  /** Present frequency of each core. */
  cpuKHz: z.array(z.number()).max(1024).optional(),
  /** Whether clocks may go above what they can hold for long; told by computers. */
  turbo: z.boolean().optional(),
  screenOn: z.boolean().optional(),
  /** Load average over one minute. */
  load: z.number().optional(),
  fixedPerformance: z.boolean().optional(),
  freeRamBytes: z.number().nonnegative().optional(),
  /** The device's wall clock and the time since its start, sleep included; both only to notice that the former was set. */
  clockS: z.number().optional(),
  uptimeS: z.number().nonnegative().optional(),
  /** Charge left in the battery (microampere hours) and its voltage (millivolts). */
  chargeMicroAh: z.number().optional(),
  batteryMilliV: z.number().optional(),
  /** Current out of the battery in microamperes, negative while it charges, as far as the driver keeps to that. */
  batteryMicroA: z.number().optional(),
  /** Energy so far of each power rail that the device meters (ODPM), in microjoules. */
  railsMicroJ: z.record(text, z.number().nonnegative()).optional(),
});
export type DeviceConditions = z.infer<typeof deviceConditionsSchema>;

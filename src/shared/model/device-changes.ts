import * as z from 'zod';

/** What was changed on a device to measure on it, and how it was before. */
export const deviceChangesSchema = z.object({
  /** Fixed-performance mode was turned on. */
  fixedPerformance: z.literal(true).exactOptional(),
  /** Earlier value of the setting that keeps the screen on while plugged in; null when it had none. */
  stayOn: z
    .string()
    .regex(/^\d{1,9}$/)
    .nullable()
    .exactOptional(),
  /** The screen was turned on. */
  woken: z.literal(true).exactOptional(),
});
export type DeviceChanges = z.infer<typeof deviceChangesSchema>;

export const ledgerEntrySchema = z.object({
  id: z.string().regex(/^[\w-]{1,64}$/),
  serial: z.string().max(4096),
  changes: deviceChangesSchema,
});
export type LedgerEntry = z.infer<typeof ledgerEntrySchema>;

/** As it is kept: with the process that is at work on the device, 0 when that gave up. */
export const keptLedgerEntrySchema = ledgerEntrySchema.extend({ pid: z.number().int().nonnegative() });

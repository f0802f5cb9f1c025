import * as z from 'zod';

/**
 * What a plan does on one device. `paused` goes on when it is resumed; `interrupted` was cut off (the device went away, Edgebench was
 * ended) and goes on with what is left when it is resumed; the others have ended.
 */
export const PART_STATES = [
  'queued',
  'running',
  'paused',
  'interrupted',
  'done',
  'failed',
  'cancelled',
] as const;
export type PartState = (typeof PART_STATES)[number];

/** States in which a part goes on by itself or when it is resumed. */
export const OPEN_PART_STATES: readonly PartState[] = ['queued', 'running', 'paused', 'interrupted'];

/** A plan's part on one device: a place in that device's lane. */
export const planPartSchema = z.object({
  serial: z.string(),
  /** Its place among the parts of its lane; smaller ones come first. */
  position: z.number().int(),
  state: z.enum(PART_STATES),
  /** What it does, or waits for, or why it ended. */
  message: z.string(),
  /** Of its launches, 0..1; only while a process is at work on it. */
  fraction: z.number().min(0).max(1).optional(),
});
export type PlanPart = z.infer<typeof planPartSchema>;

/** A benchmark in the queue, with a part for each of its devices. */
export const planEntrySchema = z.object({
  id: z.string(),
  title: z.string(),
  addedAt: z.string(),
  /** Whether some process is at work on it now. */
  active: z.boolean(),
  parts: z.array(planPartSchema),
});
export type PlanEntry = z.infer<typeof planEntrySchema>;

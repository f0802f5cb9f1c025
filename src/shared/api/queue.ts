import { eventIterator, oc } from '@orpc/contract';
import * as z from 'zod';
import { planEntrySchema } from '../model/queue';
import { benchmarkInputSchema } from './jobs';

const id = z.string().min(1).max(64);
/** A plan, or only its part on one device. */
const partSchema = z.strictObject({ id, serial: z.string().min(1).max(256).optional() });
export type PartChoice = z.infer<typeof partSchema>;

export const queueApi = {
  /** Benchmarks in the order in which they were added, those that ended lately among them. */
  list: oc.output(z.array(planEntrySchema)),
  /** The list, and again whenever it changes. */
  watch: oc.output(eventIterator(z.array(planEntrySchema))),
  /** Queues a benchmark for whichever engine takes what is queued. */
  add: oc.input(benchmarkInputSchema).output(planEntrySchema),
  /** After the launch that is under way. */
  pause: oc.input(partSchema).output(z.void()),
  /** Goes on with what is left; also after an interruption. */
  resume: oc.input(partSchema).output(z.void()),
  cancel: oc.input(partSchema).output(z.void()),
  /** Before all others that wait for the same devices. */
  first: oc.input(z.strictObject({ id })).output(z.void()),
  /** This engine takes what is queued from now on; the workbench's does from its start. */
  serve: oc.output(z.void()),
};

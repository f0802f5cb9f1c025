import { oc } from '@orpc/contract';
import * as z from 'zod';

/** One part that the product needs or can do without, as `edgebench doctor` lists it. */
export const partSchema = z.object({
  name: z.string(),
  state: z.enum(['found', 'missing', 'broken']),
  version: z.string().optional(),
  /** What cannot be done without it; empty when nothing is lost. */
  lost: z.string(),
  /** What to do to get it. */
  remedy: z.string(),
});
export type Part = z.infer<typeof partSchema>;

export const appInfoSchema = z.object({
  version: z.string(),
  dataDir: z.string(),
  platform: z.string(),
});
export type AppInfo = z.infer<typeof appInfoSchema>;

export const appApi = {
  info: oc.output(appInfoSchema),
  parts: oc.output(z.array(partSchema)),
};

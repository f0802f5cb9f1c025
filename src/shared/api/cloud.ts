import { oc } from '@orpc/contract';
import * as z from 'zod';
import { cloudBaselineSchema, cloudWindowSchema, networkProfileSchema } from '../model/cloud';

/** A baseline without raw samples. */
export const baselineEntrySchema = cloudBaselineSchema.extend({
  windows: z.array(cloudWindowSchema.omit({ samplesNs: true })),
});
export type BaselineEntry = z.infer<typeof baselineEntrySchema>;

export const cloudApi = {
  baselines: oc
    .input(z.strictObject({ modelHash: z.string().max(64).optional() }))
    .output(z.array(baselineEntrySchema)),
  removeBaseline: oc.input(z.strictObject({ id: z.string().max(64) })).output(z.void()),
  networks: oc.output(z.array(networkProfileSchema)),
};

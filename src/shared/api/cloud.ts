import { oc } from '@orpc/contract';
import * as z from 'zod';
import {
  cloudBaselineSchema,
  cloudWindowSchema,
  customNetworkSchema,
  NETWORK_PROFILE_NAMES,
  networkProfileSchema,
} from '../model/cloud';

/** A baseline without raw samples. */
export const baselineEntrySchema = cloudBaselineSchema.extend({
  windows: z.array(cloudWindowSchema.omit({ samplesNs: true })),
});
export type BaselineEntry = z.infer<typeof baselineEntrySchema>;

/** An original served on this machine, until it is stopped or the engine ends. */
export const servedModelSchema = z.object({
  id: z.string(),
  modelId: z.string(),
  modelName: z.string(),
  /** E.g. "http://127.0.0.1:40123"; with a network, the way through it. */
  url: z.string(),
  /** The name under which it is served. */
  name: z.string(),
  framework: z.string(),
  /** The simulated network in front of it. */
  network: networkProfileSchema.optional(),
  /** Commands for a shell that ask for one inference. */
  examples: z.array(z.string()),
  state: z.enum(['serving', 'ended']),
  /** Why it ended by itself. */
  reason: z.string().optional(),
});
export type ServedModel = z.infer<typeof servedModelSchema>;

const id = z.string().min(1).max(64);
const secretName = z.string().min(1).max(64);

export const cloudApi = {
  /** Serves the original in both protocols, on this machine only. */
  serve: oc
    .input(
      z.strictObject({
        model: z.string().min(1).max(4096),
        name: z.string().min(1).max(256).optional(),
        signature: z.string().min(1).max(256).optional(),
        port: z.number().int().min(0).max(65_535).optional(),
        /** Served through this simulated network: a profile's name, or figures of the user's own. */
        network: z.enum(NETWORK_PROFILE_NAMES).optional(),
        customNetwork: customNetworkSchema.optional(),
      }),
    )
    .output(servedModelSchema),
  stop: oc.input(z.strictObject({ id })).output(z.void()),
  served: oc.output(z.array(servedModelSchema)),
  /** Names of kept secrets; values are never given back. */
  secrets: oc.output(z.array(z.object({ name: z.string(), origin: z.string() }))),
  /** Keeps a secret for the server at `url` in the system's key store. */
  keepSecret: oc
    .input(z.strictObject({ name: secretName, url: z.url().max(2048), value: z.string().min(1).max(8192) }))
    .output(z.void()),
  removeSecret: oc.input(z.strictObject({ name: secretName })).output(z.void()),
  baselines: oc
    .input(z.strictObject({ modelHash: z.string().max(64).optional() }))
    .output(z.array(baselineEntrySchema)),
  removeBaseline: oc.input(z.strictObject({ id: z.string().max(64) })).output(z.void()),
  networks: oc.output(z.array(networkProfileSchema)),
};

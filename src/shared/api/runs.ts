import { oc } from '@orpc/contract';
import * as z from 'zod';
import { RUN_STATUSES, launchSummarySchema, runSchema, runSummarySchema } from '../model/run';

const id = z.string().min(1).max(64);

export const runFilterSchema = z.strictObject({
  search: z.string().max(1000).optional(),
  modelHash: z.string().max(64).optional(),
  recipe: z.string().max(256).optional(),
  deviceSerial: z.string().max(256).optional(),
  status: z.enum(RUN_STATUSES).optional(),
  planId: z.string().max(64).optional(),
  limit: z.number().int().min(1).max(1000).default(100),
  /** Runs older than this sequence number: the last one of the page before. */
  before: z.number().int().optional(),
});
export type RunFilter = z.infer<typeof runFilterSchema>;

/** A run without its samples. */
export const runDetailSchema = runSchema
  .omit({ launches: true })
  .extend({ launches: z.array(launchSummarySchema), summary: runSummarySchema });
export type RunDetail = z.infer<typeof runDetailSchema>;

/** One launch to be drawn: stretches of samples, each with its smallest, middle, 95th of 100 and largest latency in ns. */
export const traceSchema = z.object({
  samples: z.number().int(),
  index: z.array(z.number().int()),
  low: z.array(z.number()),
  median: z.array(z.number()),
  p95: z.array(z.number()),
  high: z.array(z.number()),
  p50Ns: z.number().nullable(),
  p90Ns: z.number().nullable(),
  p99Ns: z.number().nullable(),
});
export type Trace = z.infer<typeof traceSchema>;

export const runsApi = {
  list: oc
    .input(runFilterSchema)
    .output(z.object({ runs: z.array(runSummarySchema), total: z.number().int() })),
  get: oc.input(z.strictObject({ id })).output(runDetailSchema),
  /** Raw samples in nanoseconds, launch by launch. */
  samples: oc.input(z.strictObject({ id })).output(z.object({ launches: z.array(z.array(z.number())) })),
  /** What a chart of the samples draws: each launch in at most `points` stretches, and its percentiles. */
  trace: oc
    .input(z.strictObject({ id, points: z.number().int().min(10).max(10_000) }))
    .output(z.object({ launches: z.array(traceSchema) })),
  remove: oc.input(z.strictObject({ ids: z.array(id).min(1).max(1000) })).output(z.void()),
  /** Writes runs with their raw samples into a file: .json or .csv by `format`. */
  export: oc
    .input(
      z.strictObject({
        ids: z.array(id).min(1).max(1000),
        format: z.enum(['json', 'csv']),
        out: z.string().min(1).max(4096),
      }),
    )
    .output(z.object({ file: z.string() })),
  /** Takes runs over from an export (.json), each checked by itself; summaries are computed anew. */
  import: oc.input(z.strictObject({ file: z.string().min(1).max(4096) })).output(
    z.object({
      /** Ids of the runs taken over. */
      imported: z.array(z.string()),
      /** Entries refused, by their place in the archive (from 1), and why. */
      refused: z.array(z.object({ entry: z.number().int(), reason: z.string() })),
    }),
  ),
};

import * as z from 'zod';

const whole = z.number().int().min(-Number.MAX_SAFE_INTEGER).max(Number.MAX_SAFE_INTEGER);
const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const text = z.string().max(4096);
const place = { subgraph: count, tensor: count };

/** What the runner says, one JSON line each; runner/src writes them. */
export const runnerEventSchema = z.discriminatedUnion('ev', [
  z.object({ ev: z.literal('start'), mode: text, abi: text, pid: whole, threads: count, delegate: text }),
  z.object({ ev: z.literal('library'), version: text, ns: count }),
  z.object({
    ev: z.literal('state'),
    phase: text,
    atNs: count,
    cpuKhz: z.array(whole).max(64),
    tempMilliC: z.record(text, whole),
    batteryMicroA: whole.optional(),
    batteryMicroV: whole.optional(),
  }),
  z.object({ ev: z.literal('init'), modelNs: count, interpreterNs: count, allocateNs: count }),
  z.object({
    ev: z.literal('tensor'),
    io: z.enum(['in', 'out']),
    index: count,
    name: text,
    type: count,
    bytes: count,
    dims: z.array(whole).max(16),
    scale: z.number().nullable(),
    zeroPoint: whole,
  }),
  z.object({ ev: z.literal('first'), ns: count }),
  z.object({ ev: z.literal('warming'), runs: count }),
  z.object({ ev: z.literal('warm'), runs: count, ns: count, stable: count }),
  z.object({ ev: z.literal('samples'), from: count, ns: z.array(count).max(1024) }),
  z.object({ ev: z.literal('measured'), wallNs: count, cpuNs: count }),
  z.object({ ev: z.literal('memory'), phase: text, rssKb: whole, peakKb: whole, anonKb: whole }),
  z.object({ ev: z.literal('coverage'), operators: count, delegated: whole, partitions: count }),
  z.object({
    ev: z.literal('operator'),
    subgraph: whole,
    op: whole,
    name: text,
    inner: count,
    runs: count,
    ns: count,
  }),
  z.object({ ev: z.literal('progress'), done: count }),
  z.object({
    ev: z.literal('range'),
    ...place,
    min: z.number().nullable(),
    max: z.number().nullable(),
    nonFinite: count,
  }),
  z.object({ ev: z.literal('histogram'), ...place, min: z.number(), max: z.number() }),
  z.object({ ev: z.literal('counts'), ...place, from: count, counts: z.array(count).max(1024) }),
  z.object({
    ev: z.literal('end'),
    status: z.enum(['ok', 'error']),
    count: count.optional(),
    reason: text.optional(),
    stage: text.optional(),
    message: text.optional(),
  }),
]);
export type RunnerEvent = z.infer<typeof runnerEventSchema>;
export type RunnerEventOf<K extends RunnerEvent['ev']> = Extract<RunnerEvent, { ev: K }>;

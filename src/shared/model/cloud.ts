import * as z from 'zod';
import { latencySummarySchema, MAX_NS } from './run';

const text = z.string().max(4096);
const ns = z.number().nonnegative();

export const NETWORK_PROFILE_NAMES = ['none', 'wifi', '4g', '5g', '3g', 'custom'] as const;
export type NetworkProfileName = (typeof NETWORK_PROFILE_NAMES)[number];

/** A network applied by a delaying proxy between client and server. Everything measured through it is called simulated. */
export const networkProfileSchema = z.object({
  name: z.enum(NETWORK_PROFILE_NAMES),
  rttMs: z.number().min(0).max(60_000),
  /** Standard deviation of the one-way delay, as far as packets keep their order. */
  jitterMs: z.number().min(0).max(10_000),
  /** Kilobits (1,000 bits) per second; 0 is unlimited. */
  upKbps: z.number().min(0).max(1e9),
  downKbps: z.number().min(0).max(1e9),
  /** Share of packets lost, in percent; each costs a retransmission's delay. */
  lossPercent: z.number().min(0).max(50),
});
export type NetworkProfile = z.infer<typeof networkProfileSchema>;

/** The user's own network; what is left out is perfect. */
export const customNetworkSchema = z.strictObject({
  rttMs: networkProfileSchema.shape.rttMs.default(0),
  jitterMs: networkProfileSchema.shape.jitterMs.default(0),
  upKbps: networkProfileSchema.shape.upKbps.default(0),
  downKbps: networkProfileSchema.shape.downKbps.default(0),
  lossPercent: networkProfileSchema.shape.lossPercent.default(0),
});

export const CLOUD_PROTOCOLS = ['tf-serving', 'oip-v2', 'http'] as const;
export type CloudProtocol = (typeof CLOUD_PROTOCOLS)[number];

/**
 * A request body with `{{input:NAME}}` (nested JSON array), `{{base64:NAME}}` (little-endian bytes) in it. `{{secret}}` in the
 * path stands for the endpoint's secret, which then goes into no header.
 */
export const httpTemplateSchema = z.object({
  path: text,
  contentType: text.default('application/json'),
  body: z.string().max(1_000_000),
  /** Where in the JSON reply each output is: keys and indices with dots, e.g. "result.0.scores". */
  outputs: z.record(text, text),
});
export type HttpTemplate = z.infer<typeof httpTemplateSchema>;

/** Where a model is served. Secrets are never part of it: they are looked up by `secretName` when a request is made. */
export const endpointSchema = z.object({
  title: text,
  protocol: z.enum(CLOUD_PROTOCOLS),
  /** Scheme, host and port (and a path in front of the API's), without user, password or query. */
  url: z.string().max(2048),
  model: text,
  version: text.optional(),
  signature: text.optional(),
  /** Tensors as raw bytes instead of JSON, where the protocol offers it. */
  binary: z.boolean().default(false),
  template: httpTemplateSchema.optional(),
  secretName: text.optional(),
  /** The header that carries the secret; `authorization` when left out. */
  secretHeader: text.optional(),
  /** SHA-256 of the server's certificate (hexadecimal), the only way round a failing TLS check. */
  pinnedCertificate: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
  /** Served by Edgebench itself on this machine. */
  embedded: z.boolean().default(false),
  /** What computed the answers of an embedded server: a framework, or our reading of a file executed by it. */
  framework: text.optional(),
  /** The user's price, in the user's currency, for 1,000 inferences. */
  pricePerThousand: z.number().nonnegative().optional(),
});
export type Endpoint = z.infer<typeof endpointSchema>;

export const loadSchema = z.object({
  /** `closed` sends the next request after the reply: it hides stalls, and is always labelled so. */
  kind: z.enum(['poisson', 'constant', 'closed']),
  /** Requests per second of the open kinds. */
  ratePerSecond: z.number().positive().max(100_000),
  /** Requests in flight at most (connections); an open request that finds none free is dropped and counted. */
  concurrency: z.number().int().min(1).max(1024),
  windowMs: z.number().min(50).max(600_000),
  /** A window is at least this many requests long. */
  windowRequests: z.number().int().min(1).max(1_000_000),
  maxWindows: z.number().int().min(1).max(100),
  timeoutMs: z.number().min(1).max(600_000),
  seed: z.number().int().min(0).max(0xffffffff),
});
export type Load = z.infer<typeof loadSchema>;

/** Why requests gave no latency. */
export const CLOUD_ERROR_KINDS = [
  'refused',
  'reset',
  'timeout',
  'status',
  'overload',
  'wrong-answer',
  'too-large',
  'tls',
] as const;
export type CloudErrorKind = (typeof CLOUD_ERROR_KINDS)[number];

export const cloudWindowSchema = z.object({
  durationNs: ns,
  /** Requests due in the window, and what became of them. */
  scheduled: z.number().int().nonnegative(),
  answered: z.number().int().nonnegative(),
  dropped: z.number().int().nonnegative(),
  errors: z.partialRecord(z.enum(CLOUD_ERROR_KINDS), z.number().int().nonnegative()),
  /** From the scheduled moment to the last byte of a right answer. */
  samplesNs: z.array(z.number().int().min(0).max(MAX_NS)).max(5_000_000),
});
export type CloudWindow = z.infer<typeof cloudWindowSchema>;

/** Medians of the parts of a request, in ns; absent where they cannot be known. */
export const cloudSplitSchema = z.object({
  /** From the scheduled moment until the request was written: what the load generator itself added. */
  clientNs: ns.optional(),
  connectNs: ns.optional(),
  tlsNs: ns.optional(),
  uploadNs: ns.optional(),
  queueNs: ns.optional(),
  computeNs: ns.optional(),
  downloadNs: ns.optional(),
  /** Latency without queue and compute. */
  networkNs: ns.optional(),
  /** Making the request body, before the clock starts. */
  serializeNs: ns.optional(),
});
export type CloudSplit = z.infer<typeof cloudSplitSchema>;

export const CLOUD_STATUSES = ['stable', 'unstable', 'interrupted', 'failed'] as const;

/** The cloud side of a comparison: an endpoint measured under one load and one network. */
export const cloudBaselineSchema = z.object({
  id: z.string().regex(/^[0-9a-zA-Z_-]{1,64}$/),
  modelHash: z.string().regex(/^[0-9a-f]{64}$/),
  modelName: z.string().max(2 ** 21),
  startedAt: text,
  status: z.enum(CLOUD_STATUSES),
  reason: text.optional(),
  endpoint: endpointSchema,
  network: networkProfileSchema,
  load: loadSchema,
  /** Shared by the baselines of one sweep over rates or clients; they are no side of a comparison. */
  sweepId: text.optional(),
  windows: z.array(cloudWindowSchema).max(100),
  /** Over the windows that count (the last three when stable, all otherwise); null without a right answer. */
  latency: latencySummarySchema.nullable(),
  split: cloudSplitSchema,
  requestBytes: z.number().nonnegative(),
  responseBytes: z.number().nonnegative(),
  /** Failed, late and wrong requests among those sent, 0 … 1. Above 0.01 no verdict is given. */
  errorRate: z.number().min(0).max(1),
  goodputPerSecond: z.number().nonnegative(),
  /** What computed it, as the server says. */
  server: text.optional(),
  /** How many answers were compared with expected outputs, and the largest difference seen. */
  check: z.object({
    answers: z.number().int().nonnegative(),
    maxAbs: z.number().nullable(),
    tolerance: z.number(),
  }),
  accuracy: z.number().min(0).max(1).optional(),
  /** Resident bytes of an embedded server; absent for servers elsewhere. */
  serverMemoryBytes: z.number().nonnegative().optional(),
  appVersion: text,
});
export type CloudBaseline = z.infer<typeof cloudBaselineSchema>;

/** A baseline as far as it can be told without its samples. */
export type BaselineFacts = Omit<CloudBaseline, 'windows'> & {
  readonly windows: readonly Omit<CloudWindow, 'samplesNs'>[];
};

/** Samples of the windows that count towards the summary. */
export const countedWindows = <T>(baseline: {
  readonly status: CloudBaseline['status'];
  readonly windows: readonly T[];
}): readonly T[] => (baseline.status === 'stable' ? baseline.windows.slice(-3) : baseline.windows);

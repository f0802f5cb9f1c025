import * as z from 'zod';
import { DELEGATES, DELEGATES_GOT } from './delegate';
import { deviceConditionsSchema, deviceFingerprintSchema } from './device';
import { makingSchema } from './making';
import { profileSchema } from './profile';
import { VALIDATION_STATUSES, validationStageSchema } from './validation';

const text = z.string().max(4096);
const hash = z.string().regex(/^[0-9a-f]{64}$/);
/** 2^52 ns are 52 days; above it a difference of two could not be stored exactly. */
export const MAX_NS = 2 ** 52;
const ns = z.number().nonnegative().max(MAX_NS);

/**
 * `completed`: every launch of the plan was measured. `interrupted`: it began and did not end; its samples are kept and
 * never averaged. `quarantined`: measured, but under conditions that spoil it. `refused`: never started. `failed`: the runner failed.
 */
export const RUN_STATUSES = ['completed', 'interrupted', 'quarantined', 'refused', 'failed'] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

export const LAUNCH_STATUSES = ['completed', 'interrupted', 'quarantined', 'failed'] as const;
export type LaunchStatus = (typeof LAUNCH_STATUSES)[number];

/** What a runner without raw samples tells of a launch; figures it does not give are absent. Nanoseconds. */
export const toldLatencySchema = z.object({
  samples: z.number().int().min(1).max(20_000_000),
  meanNs: ns,
  minNs: ns,
  maxNs: ns,
  standardDeviationNs: ns.optional(),
  p5Ns: ns.optional(),
  p50Ns: ns.optional(),
  p95Ns: ns.optional(),
});
export type ToldLatency = z.infer<typeof toldLatencySchema>;

/** One process start on the device. Everything in nanoseconds, whole numbers, from a monotonic clock. */
export const launchSchema = z.object({
  index: z.number().int().min(0).max(100_000),
  status: z.enum(LAUNCH_STATUSES),
  /** Why it is not completed. */
  reason: text.optional(),
  initNs: ns.optional(),
  firstInferenceNs: ns.optional(),
  warmLoadNs: ns.optional(),
  warmupRuns: z.number().int().nonnegative(),
  samplesNs: z.array(z.number().int().min(0).max(MAX_NS)).max(20_000_000),
  /** In place of samples, from a runner that gives none. */
  told: toldLatencySchema.optional(),
  before: deviceConditionsSchema.optional(),
  after: deviceConditionsSchema.optional(),
  during: z.array(deviceConditionsSchema).max(10_000).optional(),
  /** What has to be known of it and does not spoil it: clocks that were set meanwhile. */
  notes: z.array(text).max(16).optional(),
});
export type Launch = z.infer<typeof launchSchema>;

/** Resident bytes by phase, measured in a pass of its own. */
export const memorySchema = z.object({
  beforeLoadBytes: z.number().nonnegative().optional(),
  afterLoadBytes: z.number().nonnegative().optional(),
  afterFirstBytes: z.number().nonnegative().optional(),
  steadyBytes: z.number().nonnegative().optional(),
  peakBytes: z.number().nonnegative().optional(),
});
export type Memory = z.infer<typeof memorySchema>;

export const modelRefSchema = z.object({
  hash,
  name: z.string().max(2 ** 21),
  format: text,
  bytes: z.number().int().nonnegative(),
});
export type ModelRef = z.infer<typeof modelRefSchema>;

export const variantRefSchema = z.object({
  hash,
  /** Recipe that made it: float32, float16, dynamic, int8, … */
  recipe: text,
  bytes: z.number().int().nonnegative(),
  /** Whether it computed what its original does when it was measured. */
  validation: z.enum(VALIDATION_STATUSES).optional(),
  /** All that made it. */
  making: makingSchema.optional(),
});
export type VariantRef = z.infer<typeof variantRefSchema>;

export const provenanceSchema = z.object({
  appVersion: text,
  /** What executed it, e.g. "edgebench-runner" or "benchmark_model". */
  runner: text,
  runnerHash: hash.optional(),
  runnerVersion: text.optional(),
  /** E.g. "TFLite 2.21.0". */
  runtime: text,
  /** How the runner was started on the device: "A" its own libc, "B" bundled glibc. */
  startWay: text.optional(),
  flags: z.array(text).max(256).optional(),
  delegateAsked: z.enum(DELEGATES),
  /** What was obtained; a fallback to the CPU is never reported as the delegate asked for. */
  delegateGot: z.enum(DELEGATES_GOT),
  delegatedOps: z.number().int().nonnegative().optional(),
  totalOps: z.number().int().nonnegative().optional(),
  /** Pieces of the graph that delegates run. */
  partitions: z.number().int().nonnegative().optional(),
});
export type Provenance = z.infer<typeof provenanceSchema>;

/** One variant measured on one device under one set of settings. Its numbers are always recomputed from `launches`. */
export const runSchema = z.object({
  /** UUID given by whoever starts the run. */
  id: z.string().regex(/^[0-9a-zA-Z_-]{1,64}$/),
  /** Shown to the user; stored exactly, whatever its characters. */
  name: z.string().max(2 ** 21),
  /** Groups the runs of one plan. */
  planId: z.string().max(64).optional(),
  /** Wall clock, ISO 8601 in UTC; history is ordered by the store's own sequence, not by this. */
  startedAt: text,
  status: z.enum(RUN_STATUSES),
  reason: text.optional(),
  model: modelRefSchema,
  variant: variantRefSchema,
  device: deviceFingerprintSchema,
  profile: profileSchema,
  threads: z.number().int().min(1).max(1024),
  batch: z.number().int().min(1).max(1_000_000).optional(),
  affinity: text.optional(),
  launches: z.array(launchSchema).max(10_000),
  memory: memorySchema.optional(),
  /** Outputs of the first inference on real input against this computer's for the same file: the fourth stage of the error budget. */
  hostCheck: z
    .object({
      /** Largest absolute difference; null when an output is missing or has another length. */
      maxAbsError: z.number().nonnegative().nullable(),
      /** The same as a share of the output's range on this computer. */
      shareOfRange: z.number().nonnegative().nullable(),
      agrees: z.boolean(),
      /** Every output's error; absent in runs of earlier versions. */
      stage: validationStageSchema.optional(),
    })
    .optional(),
  /** Energy of one inference where the device meters it; `valid` is false where its battery was being charged meanwhile, or hardly drawn on. */
  energy: z.object({ microJoules: z.number(), valid: z.boolean(), source: text }).optional(),
  /** Whether it answered with the network cut; absent where that was not tried. */
  offline: z.boolean().optional(),
  provenance: provenanceSchema,
});
export type Run = z.infer<typeof runSchema>;

/** A run as far as it can be told without its samples. */
export type RunFacts = Omit<Run, 'launches'> & { readonly launches: readonly Omit<Launch, 'samplesNs'>[] };

/** Everything about a launch but its samples, plus how many there are. */
export const launchSummarySchema = launchSchema
  .omit({ samplesNs: true })
  .extend({ samples: z.number().int().nonnegative() });
export type LaunchSummary = z.infer<typeof launchSummarySchema>;

/** Latency of one run over its completed launches' samples; percentiles are exact, null where the sample is too small. */
export const latencySummarySchema = z.object({
  samples: z.number().int().nonnegative(),
  launches: z.number().int().nonnegative(),
  minNs: z.number(),
  maxNs: z.number(),
  meanNs: z.number(),
  p50Ns: z.number().nullable(),
  p90Ns: z.number().nullable(),
  p95Ns: z.number().nullable(),
  p99Ns: z.number().nullable(),
});
export type LatencySummary = z.infer<typeof latencySummarySchema>;

/** One row of the history list. `latency` is null when no completed launch carries a number. */
export const runSummarySchema = z.object({
  sequence: z.number().int(),
  id: z.string(),
  name: z.string(),
  planId: z.string().nullable(),
  startedAt: z.string(),
  status: z.enum(RUN_STATUSES),
  reason: z.string().nullable(),
  modelHash: z.string(),
  modelName: z.string(),
  variantHash: z.string(),
  recipe: z.string(),
  /** Of the variant; null where that is not known. */
  validation: z.enum(VALIDATION_STATUSES).nullable(),
  deviceSerial: z.string(),
  deviceTitle: z.string(),
  threads: z.number().int(),
  delegate: z.enum(DELEGATES_GOT),
  profile: z.string(),
  /** What measured it, e.g. "edgebench-runner" or "benchmark_model". */
  runner: z.string(),
  latency: latencySummarySchema.nullable(),
});
export type RunSummary = z.infer<typeof runSummarySchema>;

import * as z from 'zod';
import { ERROR_CODES } from '../error/app-error';
import { planPartSchema } from './queue';
import { validationReportSchema } from './validation';

export const JOB_KINDS = ['convert', 'validate', 'benchmark', 'cloud'] as const;
export type JobKind = (typeof JOB_KINDS)[number];

export const JOB_STATES = ['queued', 'running', 'done', 'failed', 'cancelled'] as const;
export type JobState = (typeof JOB_STATES)[number];

/** What a job is doing now. `fraction` (0..1) only when it is known. */
export const progressSchema = z.object({
  stage: z.string(),
  message: z.string(),
  fraction: z.number().min(0).max(1).optional(),
});
export type Progress = z.infer<typeof progressSchema>;

export const wireErrorSchema = z.object({
  code: z.enum(ERROR_CODES),
  message: z.string(),
  details: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]))
    .default({}),
});
export type WireError = z.infer<typeof wireErrorSchema>;

/** The launch that a device is measuring: medians of the newest batches of samples, oldest first, in nanoseconds. */
export const liveSeriesSchema = z.object({
  serial: z.string(),
  title: z.string(),
  samples: z.number().int(),
  medianNs: z.array(z.number()),
});
export type LiveSeries = z.infer<typeof liveSeriesSchema>;

export const jobSchema = z.object({
  id: z.string(),
  kind: z.enum(JOB_KINDS),
  title: z.string(),
  state: z.enum(JOB_STATES),
  progress: progressSchema,
  error: wireErrorSchema.optional(),
  /** Ids of what the job made. */
  modelId: z.string().optional(),
  variantIds: z.array(z.string()),
  runIds: z.array(z.string()),
  /** While devices measure: one a device. */
  live: z.array(liveSeriesSchema).optional(),
  /** Of a benchmark: what it does on each device. */
  parts: z.array(planPartSchema).optional(),
  baselineIds: z.array(z.string()).optional(),
  /** Files written for the user: variants where `--out` said, a report. */
  files: z.array(z.string()),
  /** Of a job that validated one variant. */
  validation: validationReportSchema.optional(),
  /** Lines for the log view, newest last; bounded. */
  log: z.array(z.string()),
  startedAt: z.string(),
  endedAt: z.string().optional(),
});
export type Job = z.infer<typeof jobSchema>;

import { eventIterator, oc } from '@orpc/contract';
import * as z from 'zod';
import { jobSchema } from '../model/job';
import { PROFILE_NAMES } from '../model/profile';

const path = z.string().min(1).max(4096);
const name = z.string().min(1).max(256);
/** Fixed input shapes by input name: {"input": [1, 224, 224, 3]}. */
const shapes = z.record(
  name,
  z
    .array(
      z
        .number()
        .int()
        .min(1)
        .max(2 ** 31 - 1),
    )
    .max(8),
);

export const convertInputSchema = z.strictObject({
  model: path,
  recipes: z.array(name).min(1).max(100),
  /** A file for one recipe, a folder otherwise; the data folder when left out. */
  out: path.optional(),
  signature: name.optional(),
  shapes: shapes.optional(),
  /** Samples to calibrate with: .npz, .npy, a folder of pictures. */
  calibration: path.optional(),
  /** Samples to validate with; an array `labels` in it gives the accuracy. Calibration data when left out. */
  data: path.optional(),
  targetRuntime: z.string().optional(),
  /** `false` leaves the comparison with the original out; the variants are marked as not validated. */
  validate: z.boolean().optional(),
});
export type ConvertInput = z.infer<typeof convertInputSchema>;

export const benchmarkInputSchema = z.strictObject({
  ...convertInputSchema.omit({ out: true, validate: true }).shape,
  /** Serials, "this-computer", or "all" (every connected device; this computer when there is none). */
  devices: z.array(name).min(1).max(100),
  profile: z.enum(PROFILE_NAMES),
  threads: z.number().int().min(1).max(64).optional(),
  xnnpack: z.boolean().optional(),
  /** Also serve and measure the original as the cloud baseline. */
  cloud: z.boolean().optional(),
  network: name.optional(),
  /** Benchmarks variants that failed validation, too; they stay marked. */
  allowFailedValidation: z.boolean().optional(),
});
export type BenchmarkInput = z.infer<typeof benchmarkInputSchema>;

export const cloudInputSchema = z.strictObject({
  /** The original; served on this machine unless `url` names a server that has it, with `protocol` and `servedName`. */
  model: path,
  url: z.url().max(2048).optional(),
  protocol: z.enum(['tf-serving', 'oip-v2']).optional(),
  servedName: name.optional(),
  data: path.optional(),
  network: name.optional(),
  requestsPerSecond: z.number().positive().max(100_000).optional(),
  seconds: z.number().positive().max(3600).optional(),
  closedLoop: z.boolean().optional(),
});
export type CloudInput = z.infer<typeof cloudInputSchema>;

export const validateInputSchema = z.strictObject({
  model: path,
  variant: path,
  signature: name.optional(),
  data: path.optional(),
});
export type ValidateInput = z.infer<typeof validateInputSchema>;

export const jobsApi = {
  convert: oc.input(convertInputSchema).output(jobSchema),
  validate: oc.input(validateInputSchema).output(jobSchema),
  benchmark: oc.input(benchmarkInputSchema).output(jobSchema),
  cloud: oc.input(cloudInputSchema).output(jobSchema),
  list: oc.output(z.array(jobSchema)),
  cancel: oc.input(z.strictObject({ id: z.string() })).output(z.void()),
  /** Every change of the job (of all jobs without an id) from now on; with an id it ends with the job. */
  watch: oc.input(z.strictObject({ id: z.string().optional() })).output(eventIterator(jobSchema)),
};

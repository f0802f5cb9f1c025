import { eventIterator, oc } from '@orpc/contract';
import * as z from 'zod';
import { CLOUD_PROTOCOLS, customNetworkSchema, httpTemplateSchema } from '../model/cloud';
import { delegateChoiceSchema } from '../model/delegate';
import { jobSchema } from '../model/job';
import { PROFILE_NAMES } from '../model/profile';
import { runnerChoiceSchema } from '../model/runner';

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
  /** Layers that integer recipes keep in float, by name: the worst of a ranking. */
  keepFloat: z.array(name).max(10_000).optional(),
  /** Keep as few layers in float as the accuracy takes to fall by no more than this share (0.01: one point). */
  maxAccuracyDrop: z.number().min(0).max(1).optional(),
  /** SHA-256 of a stored variant (or its beginning) to make once more: its own recipe, signature, shapes and calibration data. */
  again: z
    .string()
    .regex(/^[0-9a-f]{6,64}$/)
    .optional(),
  /** `false` leaves the comparison with the original out; the variants are marked as not validated. */
  validate: z.boolean().optional(),
});
export type ConvertInput = z.infer<typeof convertInputSchema>;

const threads = z.number().int().min(1).max(64);

export const benchmarkInputSchema = z.strictObject({
  ...convertInputSchema.omit({ out: true, validate: true }).shape,
  /** Serials, "this-computer", or "all" (every connected device; this computer when there is none). */
  devices: z.array(name).min(1).max(100),
  profile: z.enum(PROFILE_NAMES),
  /** Numbers of threads, a run for each; 1 when left out. */
  threads: z.union([threads, z.array(threads).min(1).max(16)]).optional(),
  /** What measures on the devices; our own runner when left out. */
  runner: runnerChoiceSchema.optional(),
  /** What to run the model with, each in runs of its own; XNNPACK when left out. */
  delegates: z.array(delegateChoiceSchema).min(1).max(16).optional(),
  /** Measures every variant in both arms of a comparison: what the arms differ by is the device's noise floor. */
  aa: z.boolean().optional(),
  /** Cores to run on, or a hexadecimal mask of them; all of them when left out. */
  cores: z
    .union([z.enum(['big', 'middle', 'little']), z.string().regex(/^(0x)?[0-9a-fA-F]{1,16}$/)])
    .optional(),
  /** Hold clocks and screen steady while measuring, and put them back; true when left out. */
  prepare: z.boolean().optional(),
  /** Also serve and measure the original as the cloud baseline. */
  cloud: z.boolean().optional(),
  network: name.optional(),
  /** A folder for each run's first outputs on real input, as .npz. */
  outputs: path.optional(),
  /** Benchmarks variants that failed validation, too; they stay marked. */
  allowFailedValidation: z.boolean().optional(),
  /** Goes on by itself with what is left when a device is back, or Edgebench is started again; on request only when left out. */
  continues: z.boolean().optional(),
});
export type BenchmarkInput = z.infer<typeof benchmarkInputSchema>;

const rate = z.number().positive().max(100_000);
const clients = z.number().int().min(1).max(1024);

export const cloudInputSchema = z.strictObject({
  /** The original; served on this machine unless `url` names a server that has it, with `protocol` and `servedName`. */
  model: path,
  url: z.url().max(2048).optional(),
  protocol: z.enum(CLOUD_PROTOCOLS).optional(),
  servedName: name.optional(),
  servedVersion: name.optional(),
  signature: name.optional(),
  /** Tensors as bytes (Open Inference Protocol only). */
  binary: z.boolean().optional(),
  /** How requests are written and answers read with the protocol "http". */
  template: httpTemplateSchema.optional(),
  /** Name of a secret (never the secret itself): in the key store, or in the environment variable EDGEBENCH_SECRET_NAME. */
  secret: name.optional(),
  /** The header that carries it; `authorization` when left out. */
  secretHeader: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,64}$/)
    .optional(),
  pinnedCertificate: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
  pricePerThousand: z.number().nonnegative().optional(),
  data: path.optional(),
  /** Name of a network profile, or the user's own figures. */
  network: name.optional(),
  customNetwork: customNetworkSchema.optional(),
  arrivals: z.enum(['poisson', 'constant']).optional(),
  requestsPerSecond: rate.optional(),
  /** Several rates, one baseline each. */
  rates: z.array(rate).min(1).max(20).optional(),
  concurrency: clients.optional(),
  /** Several numbers of clients in a closed loop, one baseline each. */
  concurrencies: z.array(clients).min(1).max(20).optional(),
  seconds: z.number().positive().max(3600).optional(),
  timeoutSeconds: z.number().positive().max(600).optional(),
  closedLoop: z.boolean().optional(),
});
export type CloudInput = z.infer<typeof cloudInputSchema>;

export const validateInputSchema = z.strictObject({
  model: path,
  variant: path,
  signature: name.optional(),
  shapes: shapes.optional(),
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

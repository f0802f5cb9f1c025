import * as z from 'zod';
import { DTYPES } from './dtype';
import { makingSchema } from './making';
import { PRECISIONS } from './recipe';
import { SOURCE_FORMATS } from './source-format';
import { validationReportSchema } from './validation';

export const tensorSpecSchema = z.object({
  name: z.string(),
  dtype: z.enum(DTYPES),
  shape: z.array(z.number().int()),
});

export const signatureSchema = z.object({
  key: z.string(),
  inputs: z.array(tensorSpecSchema),
  outputs: z.array(tensorSpecSchema),
});

/** A model as the user has it. Its id is the SHA-256 of its content, so the same model is one model wherever it lies. */
export const modelInfoSchema = z.object({
  id: z.string(),
  name: z.string(),
  path: z.string(),
  format: z.enum(SOURCE_FORMATS),
  bytes: z.number().int(),
  signatures: z.array(signatureSchema),
  defaultSignature: z.string(),
  addedAt: z.string(),
});
export type ModelInfo = z.infer<typeof modelInfoSchema>;

/** A TFLite file made from a model by a recipe. Its id is the SHA-256 of its bytes. */
export const variantInfoSchema = z.object({
  id: z.string(),
  modelId: z.string(),
  modelName: z.string(),
  /** Name of the recipe that made it. */
  recipe: z.string(),
  /** All that made it; absent for variants of earlier versions. */
  making: makingSchema.optional(),
  /** Names of other recipes that gave the same bytes. */
  sameAs: z.array(z.string()).optional(),
  precision: z.enum(PRECISIONS),
  path: z.string(),
  bytes: z.number().int(),
  /** Size of the original model's files, for comparison. */
  originalBytes: z.number().int(),
  operators: z.array(z.object({ type: z.string(), version: z.number().int(), count: z.number().int() })),
  minRuntimeVersion: z.string(),
  signatures: z.array(signatureSchema),
  convertMs: z.number(),
  createdAt: z.string(),
  validation: validationReportSchema.optional(),
});
export type VariantInfo = z.infer<typeof variantInfoSchema>;

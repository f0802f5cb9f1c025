import * as z from 'zod';

/** What a variant computes in. `dynamic` is dynamic-range int8: int8 weights, float activations. */
export const PRECISIONS = ['float32', 'float16', 'dynamic', 'int8', 'int16x8'] as const;
export type Precision = (typeof PRECISIONS)[number];

export const PRECISION_TITLES: Record<Precision, string> = {
  float32: 'float32',
  float16: 'float16',
  dynamic: 'dynamic-range int8',
  int8: 'int8',
  int16x8: 'int16 activations, int8 weights',
};

/** Chooses operators by name pattern (`*` matches any run of characters) or TFLite type; both given means both must match. */
export const layerOverrideSchema = z.strictObject({
  name: z.string().min(1).max(1000).optional(),
  type: z.string().min(1).max(100).optional(),
  /** What the chosen operators are kept in. */
  precision: z.enum(['float32', 'float16', 'dynamic', 'int8', 'int16x8']),
});
export type LayerOverride = z.infer<typeof layerOverrideSchema>;

export const calibrationSchema = z.strictObject({
  method: z.enum(['min-max', 'percentile']).default('min-max'),
  /** Share of values kept by the percentile method, in percent. */
  percentile: z.number().gt(50).max(100).default(99.99),
  /** Samples used at most; the first ones of the data. */
  maxSamples: z.number().int().min(1).max(1_000_000).default(500),
});
export type Calibration = z.infer<typeof calibrationSchema>;

/** How pictures become input tensors; stated in the recipe so that it is shown and repeated exactly. */
export const imagePreprocessingSchema = z.strictObject({
  resize: z.enum(['bilinear', 'nearest', 'crop']).default('bilinear'),
  colorOrder: z.enum(['rgb', 'bgr']).default('rgb'),
  /** Input value = pixel (0..255) * scale + offset, per channel when several are given. */
  scale: z
    .array(z.number())
    .min(1)
    .max(4)
    .default([1 / 255]),
  offset: z.array(z.number()).min(1).max(4).default([0]),
});
export type ImagePreprocessing = z.infer<typeof imagePreprocessingSchema>;

/** A recipe says everything that turns one float model into one variant; the same recipe, model and data give the same bytes. */
export const recipeSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/),
  title: z.string().max(200),
  description: z.string().max(2000).default(''),
  precision: z.enum(PRECISIONS),
  /** Element types at the model's boundary; integer ones only with int8 and int16x8. */
  inputType: z.enum(['float32', 'int8', 'uint8', 'int16']).default('float32'),
  outputType: z.enum(['float32', 'int8', 'uint8', 'int16']).default('float32'),
  /** One scale per output channel of the weights instead of one per tensor. */
  perChannel: z.boolean().default(true),
  /** Weights with fewer elements stay float in `dynamic` and `float16`. */
  minWeightElements: z.number().int().min(0).default(0),
  /** The oldest TFLite runtime the variant must be right on; operators are lowered or refused accordingly. */
  targetRuntime: z
    .string()
    .regex(/^\d+\.\d+$/)
    .default('2.21'),
  overrides: z.array(layerOverrideSchema).max(10_000).default([]),
  calibration: calibrationSchema.prefault({}),
  images: imagePreprocessingSchema.prefault({}),
});
export type Recipe = z.infer<typeof recipeSchema>;

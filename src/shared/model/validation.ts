import * as z from 'zod';

/** `null` stands for a figure that is not defined: an SNR without any error, a cosine of zeros. */
const figure = z.number().nullable();

/** Error of one output against a reference, over all samples, on dequantized values. */
export const outputErrorSchema = z.object({
  output: z.string(),
  maxAbs: figure,
  meanAbs: figure,
  /** Largest minus smallest reference value: what the errors are to be seen against. */
  range: figure,
  snrDb: figure,
  psnrDb: figure,
  cosine: figure,
  /** Share of samples whose largest element (or five largest) agree; only for outputs that look like class scores. */
  top1Agreement: figure,
  top5Agreement: figure,
});
export type OutputError = z.infer<typeof outputErrorSchema>;

/** The runtimes that a variant is judged on: what current apps carry, and what old ones carry. */
export const JUDGING_RUNTIMES = ['tflite-2.9', 'tflite-2.21'] as const;
export const JUDGING_RUNTIME_TITLES: Record<(typeof JUDGING_RUNTIMES)[number], string> = {
  'tflite-2.9': 'TFLite 2.9',
  'tflite-2.21': 'TFLite 2.21',
};

export const STAGES = [
  'original-to-float32',
  'float32-to-variant',
  'original-to-variant',
  'host-to-device',
] as const;
export const STAGE_TITLES: Record<(typeof STAGES)[number], string> = {
  'original-to-float32': 'original → float32',
  'float32-to-variant': 'float32 → variant',
  'original-to-variant': 'original → variant',
  'host-to-device': 'this computer → device',
};

/** One step of the error budget: the same inputs through two programs. */
export const validationStageSchema = z.object({
  stage: z.enum(STAGES),
  /** What computed the two sides, e.g. "TensorFlow 2.16.2 (tfjs-node)" and "TFLite 2.21". */
  reference: z.string(),
  candidate: z.string(),
  /** The runtime of this computer that computed the candidate. */
  runtime: z.enum(JUDGING_RUNTIMES).optional(),
  /** Key of the signature, for models with several. */
  signature: z.string().optional(),
  samples: z.number().int(),
  outputs: z.array(outputErrorSchema),
});
export type ValidationStage = z.infer<typeof validationStageSchema>;

export const accuracySchema = z.object({
  /** Shares of labelled samples classified rightly, 0..1. */
  before: z.number(),
  after: z.number(),
  samples: z.number().int(),
});
export type Accuracy = z.infer<typeof accuracySchema>;

export const runtimeVerdictSchema = z.object({
  runtime: z.enum(JUDGING_RUNTIMES),
  verdict: z.enum(['right', 'wrong', 'refused', 'not-run']),
  reason: z.string(),
});
export type RuntimeVerdict = z.infer<typeof runtimeVerdictSchema>;

export const interfaceDifferenceSchema = z.object({
  tensor: z.string(),
  what: z.string(),
  /** Why it is so, when it is a recorded choice (int8 inputs asked for, batch fixed by the user); an error otherwise. */
  explanation: z.string().optional(),
});

export type InterfaceDifference = z.infer<typeof interfaceDifferenceSchema>;

/** Error of one operator's output between the float and the quantized model, in steps of its quantization. */
export const layerErrorSchema = z.object({
  operator: z.string(),
  type: z.string(),
  /** RMSE divided by the output's scale: about 0.289 when only rounding is lost, suspicious above 0.7. */
  rmseOverScale: figure,
  /** Of the median channel (last axis), so that one with huge values does not hide what the others lose. */
  snrDb: figure,
  /** Loses more than rounding, or reads what another one lost. */
  suspicious: z.boolean(),
});
export type LayerError = z.infer<typeof layerErrorSchema>;

export const validationMarksSchema = z.object({
  minCosine: z.number(),
  minSnrDb: z.number(),
  /** Accuracy after divided by accuracy before. */
  minAccuracyRatio: z.number(),
});
export type ValidationMarks = z.infer<typeof validationMarksSchema>;

export const VALIDATION_STATUSES = ['passed', 'failed', 'not-validated'] as const;
export type ValidationStatus = (typeof VALIDATION_STATUSES)[number];
export const VALIDATION_TITLES: Record<ValidationStatus, string> = {
  passed: 'passed',
  failed: 'failed validation',
  'not-validated': 'not validated',
};

export const validationReportSchema = z.object({
  status: z.enum(VALIDATION_STATUSES),
  /** One sentence each: why it failed, or why it could not be validated. */
  reasons: z.array(z.string()),
  /** What ran the original; `reading` when that was our reading of its file, not the framework's own. */
  original: z.object({ framework: z.string(), reading: z.boolean() }).optional(),
  /** On which runtimes the variant is right, in one sentence. */
  rightOn: z.string().optional(),
  interfaceDifferences: z.array(interfaceDifferenceSchema),
  stages: z.array(validationStageSchema),
  accuracy: accuracySchema.optional(),
  runtimes: z.array(runtimeVerdictSchema),
  layers: z.array(layerErrorSchema).optional(),
  marks: validationMarksSchema,
  /** What the figures were taken on, e.g. "resources/samples/digits/test.npz (200 samples, labelled)" or "random data". */
  data: z.object({ description: z.string(), samples: z.number().int(), random: z.boolean() }),
  warnings: z.array(z.string()),
});
export type ValidationReport = z.infer<typeof validationReportSchema>;

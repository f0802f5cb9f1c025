import * as z from 'zod';
import { EVIDENCE } from './evidence';
import { latencySummarySchema } from './run';

export const OUTCOMES = ['better', 'worse', 'not-resolved'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** One condition in which two runs are not alike, for "differs by …". */
export const conditionDifferenceSchema = z.object({
  what: z.string(),
  base: z.string(),
  candidate: z.string(),
});
export type ConditionDifference = z.infer<typeof conditionDifferenceSchema>;

/** Whether a candidate is faster than a base. Differences in percent of the base; negative is faster. */
export const verdictSchema = z.object({
  outcome: z.enum(OUTCOMES),
  percentile: z.number(),
  baseNs: z.number().nullable(),
  candidateNs: z.number().nullable(),
  differencePercent: z.number().nullable(),
  /** 95 % confidence interval from the hierarchical bootstrap. */
  interval: z.object({ lowPercent: z.number(), highPercent: z.number() }).nullable(),
  noiseFloorPercent: z.number().nullable(),
  launches: z.object({ base: z.number(), candidate: z.number() }),
  /** One sentence for the user. */
  reason: z.string(),
});
export type Verdict = z.infer<typeof verdictSchema>;

export const runComparisonSchema = z.object({
  baseId: z.string(),
  candidateId: z.string(),
  verdict: verdictSchema,
  differences: z.array(conditionDifferenceSchema),
});
export type RunComparison = z.infer<typeof runComparisonSchema>;

export const changePointSchema = z.object({
  /** The first run after the change, and its place in the series. */
  runId: z.string(),
  position: z.number().int(),
  beforeNs: z.number(),
  afterNs: z.number(),
  changePercent: z.number(),
  probability: z.number(),
});
export type ChangePoint = z.infer<typeof changePointSchema>;

export const historyAnalysisSchema = z.object({
  points: z.array(z.object({ runId: z.string(), medianNs: z.number() })),
  changePoints: z.array(changePointSchema),
  /** `suspected` after one run, `confirmed` when the run after it says the same. */
  regression: z.enum(['none', 'suspected', 'confirmed']),
  sentence: z.string(),
});
export type HistoryAnalysis = z.infer<typeof historyAnalysisSchema>;

export const gateResultSchema = z.object({
  /** Only `worse` fails the gate: it was seen in every one of at least two runs. */
  state: z.enum(['pass', 'unconfirmed', 'worse']),
  verdicts: z.array(verdictSchema),
  sentence: z.string(),
  /** The run held against, and by what else the first candidate differs from it. */
  baseId: z.string().optional(),
  differences: z.array(conditionDifferenceSchema).optional(),
});
export type GateResult = z.infer<typeof gateResultSchema>;

export const figureSchema = z.object({
  value: z.number().nullable(),
  evidence: z.enum(EVIDENCE),
  note: z.string().optional(),
});
export type Figure = z.infer<typeof figureSchema>;

/** The lines of the trade-off and their units. `offline` is 1 or 0. */
export const COMPARISON_LINES = {
  latencyP50: 'ns',
  latencyP90: 'ns',
  throughput: 'per second',
  offline: 'yes/no',
  bytesSent: 'bytes per inference',
  memory: 'bytes',
  energy: 'µJ per inference',
  appSize: 'bytes',
  accuracy: 'share',
  pricePerThousand: 'per 1,000 inferences',
} as const;
export type ComparisonLine = keyof typeof COMPARISON_LINES;
export const COMPARISON_LINE_NAMES = Object.keys(COMPARISON_LINES) as [ComparisonLine, ...ComparisonLine[]];

export const comparisonTargetSchema = z.object({
  /** Id of the run or of the cloud baseline. */
  id: z.string(),
  kind: z.enum(['edge', 'cloud']),
  title: z.string(),
  recipe: z.string().optional(),
  /** Network profile of a cloud target. */
  network: z.string().optional(),
  /** Evidence of the latency. */
  evidence: z.enum(EVIDENCE),
  latency: latencySummarySchema.nullable(),
  /** Share of answers (0 … 1) at or below each latency, ascending; at most 200 points. */
  ecdf: z.object({ ns: z.array(z.number()), share: z.array(z.number()) }),
  lines: z.record(z.enum(COMPARISON_LINE_NAMES), figureSchema),
  /** What keeps a verdict about it from being given; one sentence each. */
  cautions: z.array(z.string()),
});
export type ComparisonTarget = z.infer<typeof comparisonTargetSchema>;

/** What a request costs at the server when the network adds nothing, and what it sends: the input of "what if". */
export const networkModelSchema = z.object({
  baseP50Ns: z.number(),
  requestBytes: z.number(),
  responseBytes: z.number(),
  rttMs: z.number(),
  /** 0 is unlimited. */
  upKbps: z.number(),
  downKbps: z.number(),
});
export type NetworkModel = z.infer<typeof networkModelSchema>;

export const pairSchema = z.object({
  edgeId: z.string(),
  cloudId: z.string(),
  /** Chance that an edge answer comes sooner than a cloud answer, 0 … 1. */
  probabilityEdgeFaster: z.number().nullable(),
  /** Median cloud minus median edge, ns. */
  edgeGainNs: z.number().nullable(),
  model: networkModelSchema,
  /** Below this round-trip time the cloud is faster; null when it never is (at the bandwidth of the profile). */
  breakEvenRttMs: z.number().nullable(),
  /** Above this bandwidth (each way) the cloud is faster; null when no bandwidth makes it so (at the profile's RTT). */
  breakEvenKbps: z.number().nullable(),
});
export type Pair = z.infer<typeof pairSchema>;

/** Other circumstances to compute a comparison for; what is left out stays as it was measured. */
export const whatIfSchema = z.strictObject({
  rttMs: z.number().min(0).max(60_000).optional(),
  /** Each way; 0 is unlimited. */
  kbps: z.number().min(0).max(1e9).optional(),
  pricePerThousand: z.number().min(0).max(1e9).optional(),
  inferencesPerDay: z.number().min(0).max(1e15).optional(),
});

export const edgeCloudComparisonSchema = z.object({
  modelHash: z.string(),
  modelName: z.string(),
  targets: z.array(comparisonTargetSchema),
  pairs: z.array(pairSchema),
  /** Plain sentences: who wins by what, and what was simulated or not measured. */
  summary: z.array(z.string()),
});
export type EdgeCloudComparison = z.infer<typeof edgeCloudComparisonSchema>;

import * as z from 'zod';

/** Programs that measure a model on a device: our own, and Google's tool for TensorFlow Lite. */
export const RUNNERS = ['edgebench', 'benchmark_model'] as const;
export type RunnerName = (typeof RUNNERS)[number];

export const RUNNER_TITLES: Record<RunnerName, string> = {
  edgebench: 'Edgebench',
  benchmark_model: "Google's benchmark_model",
};

/** What a run's record calls our own. */
export const OUR_RUNNER = 'edgebench-runner';

export const runnerChoiceSchema = z.strictObject({
  name: z.enum(RUNNERS),
  /** The program on this computer, sent to the device; without it, it is looked for there. Not for our own runner. */
  program: z.string().min(1).max(4096).optional(),
});
export type RunnerChoice = z.infer<typeof runnerChoiceSchema>;

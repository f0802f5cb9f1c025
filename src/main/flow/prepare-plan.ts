import type { BenchmarkInput } from '@shared/api/jobs';
import { AppError } from '@shared/error/app-error';
import type { ModelInfo } from '@shared/model/model';
import type { Profile } from '@shared/model/profile';
import type { BenchVariant } from '../services/bench';
import { benchVariant } from './bench-variant';
import { convertModelFlow } from './convert-model';
import { fitVariants } from './fit-variants';
import type { JobContext } from './jobs';
import { requireVerdicts, twice } from './noise-floor';
import { realInput, type RealInput } from './real-input';
import type { FlowTools } from './tools';

/** What is the same on every device of a plan. */
export interface PreparedPlan {
  readonly model: ModelInfo;
  readonly variants: readonly BenchVariant[];
  readonly inputs: RealInput | undefined;
  readonly profile: Profile;
}

/** The profile that a benchmark names. AppError `usage.wrong` when there is none, or when it cannot do what is asked. */
export function profileOf(input: BenchmarkInput, { profiles }: Pick<FlowTools, 'profiles'>): Profile {
  const profile = profiles.find(({ name }) => name === input.profile);
  if (!profile) throw new AppError('usage.wrong', `There is no measurement profile '${input.profile}'.`);
  if (input.aa) requireVerdicts(profile);
  return profile;
}

/** Converts and validates; `folder` is where the sample that devices get is put. */
export async function preparePlan(
  input: BenchmarkInput,
  folder: string,
  tools: FlowTools,
  job: JobContext,
): Promise<PreparedPlan> {
  const profile = profileOf(input, tools);
  const { model, variants } = await convertModelFlow(input, tools, job);
  const fit = fitVariants(variants, input.allowFailedValidation === true, job);
  const inputs = await realInput(input, model, folder);
  const ready = await Promise.all(
    fit.map((variant) => benchVariant(variant, model, input.signature, inputs, tools)),
  );
  return { model, variants: input.aa ? twice(ready) : ready, inputs, profile };
}

export type PreparePlan = typeof preparePlan;

import { AppError } from '@shared/error/app-error';
import type { Profile } from '@shared/model/profile';
import type { Run } from '@shared/model/run';
import type { BenchVariant } from '../services/bench';
import { compareRuns, type VerdictOptions } from '../services/compare';
import type { Store } from '../services/store';
import type { JobContext } from './jobs';
import type { FlowTools } from './tools';

/** AppError `usage.wrong`: what a profile without verdicts differs by says nothing. */
export function requireVerdicts(profile: Profile): void {
  if (profile.verdict) return;
  throw new AppError(
    'usage.wrong',
    `The profile "${profile.name}" gives no verdicts, so it has no noise floor. Measure with --profile standard.`,
  );
}

/** Each variant in two arms. */
export const twice = (variants: readonly BenchVariant[]): BenchVariant[] =>
  variants.flatMap((variant) => [variant, { ...variant, name: `${variant.name} (again)` }]);

/** Compares the two arms of each variant on each device and keeps by what they differ. */
export async function keepNoiseFloors(
  runs: readonly Run[],
  { store }: Pick<FlowTools, 'store'>,
  job: Pick<JobContext, 'log'>,
): Promise<void> {
  const arms = new Map<string, Run[]>();
  for (const run of runs) {
    const { delegateAsked } = run.provenance;
    const subject = JSON.stringify([run.variant.hash, run.device.serial, run.threads, delegateAsked]);
    arms.set(subject, [...(arms.get(subject) ?? []), run]);
  }
  for (const [first, second] of arms.values()) {
    if (!first || !second) continue;
    const { verdict } = compareRuns(first, second);
    const what = `${first.variant.recipe} on ${first.device.serial}`;
    if (verdict.interval === null || verdict.differencePercent === null) {
      job.log(`A/A of ${what}: not measured. ${verdict.reason}`);
      continue;
    }
    await store.noiseFloors.add(first.device.serial, first.profile.name, verdict.differencePercent);
    job.log(
      `A/A of ${what}: the same variant differs from itself by ${verdict.differencePercent.toFixed(2)} %`,
    );
  }
}

/** What a verdict on these two runs has to know of their device: its noise floor, when both were measured there in one profile. */
export async function verdictOptions(store: Store, base: Run, candidate: Run): Promise<VerdictOptions> {
  const isComparable =
    base.device.serial === candidate.device.serial && base.profile.name === candidate.profile.name;
  return isComparable
    ? { noiseFloorPercent: await store.noiseFloors.get(base.device.serial, base.profile.name) }
    : {};
}

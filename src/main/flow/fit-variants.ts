import { AppError } from '@shared/error/app-error';
import type { VariantInfo } from '@shared/model/model';
import type { JobContext } from './jobs';

/** A variant that failed validation is not measured unless the user says so; when none is left, that is the failure. */
export function fitVariants(
  variants: readonly VariantInfo[],
  override: boolean,
  job: JobContext,
): readonly VariantInfo[] {
  const failed = variants.filter(({ validation }) => validation?.status === 'failed');
  if (override || failed.length === 0) return variants;
  for (const { recipe, validation } of failed)
    job.log(`${recipe} failed validation and is left out: ${validation?.reasons.join(' ') ?? ''}`);
  const fit = variants.filter((variant) => !failed.includes(variant));
  if (fit.length === 0)
    throw new AppError(
      'validate.failed',
      `Every variant failed validation. ${failed[0]?.validation?.reasons[0] ?? ''} Use --allow-failed-validation to measure them all the same.`,
    );
  return fit;
}

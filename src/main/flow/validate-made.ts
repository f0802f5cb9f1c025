import type { ConvertInput } from '@shared/api/jobs';
import type { ModelInfo } from '@shared/model/model';
import type { ValidationReport } from '@shared/model/validation';
import { describeVariant } from './describe-variant';
import type { JobContext } from './jobs';
import type { MadeVariant, MadeVariants } from './make-variants';
import type { FlowTools } from './tools';
import { validateFile } from './validate-file';

/** Compares a variant that was just made with its original, on the user's data or, without any, on random data. */
export function validateMade(
  variant: MadeVariant,
  made: MadeVariants,
  model: ModelInfo,
  input: Pick<ConvertInput, 'data' | 'calibration' | 'shapes'>,
  tools: FlowTools,
  job: JobContext,
): Promise<ValidationReport> {
  const { recipe, path } = variant;
  return validateFile(
    {
      original: { path: model.path, format: model.format },
      made,
      path,
      precision: recipe.precision,
      interfaces: describeVariant(path, tools.files).signatures,
      recipe,
      shapes: input.shapes,
      dataPath: input.data ?? input.calibration,
      title: `Validating ${recipe.title}`,
    },
    tools,
    job,
  );
}

import type { ModelInfo } from '@shared/model/model';
import type { ValidationReport } from '@shared/model/validation';
import { openDataSet, randomDataSet } from '../services/data';
import { validateVariant } from '../services/validate';
import { describeVariant } from './describe-variant';
import type { JobContext } from './jobs';
import type { MadeVariant, MadeVariants } from './make-variants';
import type { FlowTools } from './tools';

const RANDOM_SAMPLES = 16;
const MAX_VALIDATION_SAMPLES = 1000;

/** Compares a variant that was just made with its original, on the user's data or, without any, on random data. */
export async function validateMade(
  variant: MadeVariant,
  made: MadeVariants,
  model: ModelInfo,
  dataPath: string | undefined,
  tools: FlowTools,
  job: JobContext,
): Promise<ValidationReport> {
  const [signature] = made.signatures;
  const [variantInterface] = describeVariant(variant.path, tools.files).signatures;
  if (!signature || !variantInterface) throw new Error('a converted model has a signature');
  const data =
    dataPath === undefined
      ? randomDataSet(signature.inputs, RANDOM_SAMPLES)
      : await openDataSet(dataPath, signature.inputs, variant.recipe.images);
  try {
    return await validateVariant(
      {
        original: { path: model.path, format: model.format, signature },
        ...(variant.path === made.float32Path ? {} : { float32Path: made.float32Path }),
        variant: { path: variant.path, precision: variant.recipe.precision, interface: variantInterface },
        data,
        maxSamples: MAX_VALIDATION_SAMPLES,
        marks: tools.marks,
        onProgress: (done, total) =>
          job.progress({
            stage: `validate ${variant.recipe.name}`,
            message: `Validating ${variant.recipe.title}: ${done} of ${total} samples`,
            fraction: done / total,
          }),
      },
      { original: tools.original, runtimes: tools.runtimes },
      job.signal,
    );
  } finally {
    await data.close();
  }
}

import type { ValidateInput } from '@shared/api/jobs';
import { AppError } from '@shared/error/app-error';
import { openDataSet, randomDataSet } from '../services/data';
import { validateVariant } from '../services/validate';
import { describeVariant } from './describe-variant';
import type { JobContext } from './jobs';
import type { FlowTools } from './tools';

const RANDOM_SAMPLES = 16;
const MAX_SAMPLES = 1000;

/** Compares any .tflite file with the model it is said to be made from. The report is noted on the job. */
export async function validateModelFlow(
  input: ValidateInput,
  tools: FlowTools,
  job: JobContext,
): Promise<void> {
  const { signatures: variants, precision } = describeVariant(input.variant, tools.files);
  const variant =
    input.signature === undefined ? variants[0] : variants.find(({ key }) => key === input.signature);
  if (!variant)
    throw new AppError(
      'usage.wrong',
      `${input.variant} has no signature '${input.signature}'. It has: ${variants.map(({ key }) => key).join(', ') || 'none'}.`,
    );
  const made = await tools.make(
    { model: input.model, recipes: [], signature: input.signature, outFolder: tools.variantsDir },
    (progress) => job.progress(progress),
    job.signal,
  );
  const [signature] = made.signatures;
  if (!signature) throw new Error('a converted model has a signature');
  const data =
    input.data === undefined
      ? randomDataSet(signature.inputs, RANDOM_SAMPLES)
      : await openDataSet(input.data, signature.inputs);
  try {
    const validation = await validateVariant(
      {
        original: { path: input.model, format: made.format, signature },
        float32Path: made.float32Path,
        variant: { path: input.variant, precision, interface: variant },
        data,
        maxSamples: MAX_SAMPLES,
        marks: tools.marks,
        onProgress: (done, total) =>
          job.progress({
            stage: 'validate',
            message: `Validating: ${done} of ${total} samples`,
            fraction: done / total,
          }),
      },
      { original: tools.original, runtimes: tools.runtimes },
      job.signal,
    );
    job.note({ validation });
  } finally {
    await data.close();
  }
}

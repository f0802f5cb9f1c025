import type { ValidateInput } from '@shared/api/jobs';
import { AppError } from '@shared/error/app-error';
import { describeVariant } from './describe-variant';
import type { JobContext } from './jobs';
import type { FlowTools } from './tools';
import { validateFile } from './validate-file';

/** Compares any .tflite file with the model it is said to be made from. The report is noted on the job. */
export async function validateModelFlow(
  input: ValidateInput,
  tools: FlowTools,
  job: JobContext,
): Promise<void> {
  const { signatures: interfaces, precision } = describeVariant(input.variant, tools.files);
  if (input.signature !== undefined && !interfaces.some(({ key }) => key === input.signature))
    throw new AppError(
      'usage.wrong',
      `${input.variant} has no signature '${input.signature}'. It has: ${interfaces.map(({ key }) => key).join(', ') || 'none'}.`,
    );
  const made = await tools.make(
    {
      model: input.model,
      recipes: [],
      signature: input.signature,
      shapes: input.shapes,
      outFolder: tools.variantsDir,
    },
    (progress) => job.progress(progress),
    job.signal,
  );
  const validation = await validateFile(
    {
      original: { path: input.model, format: made.format },
      made,
      path: input.variant,
      precision,
      interfaces,
      recipe: undefined,
      shapes: input.shapes,
      dataPath: input.data,
      title: 'Validating',
    },
    tools,
    job,
  );
  job.note({ validation });
}

import type { Precision, Recipe } from '@shared/model/recipe';
import type { SourceFormat } from '@shared/model/source-format';
import type { Signature } from '@shared/model/tensor';
import type { ValidationReport } from '@shared/model/validation';
import { compareVersions } from '../services/convert';
import { openDataSet, randomDataSet } from '../services/data';
import {
  mergeReports,
  validateVariant,
  type RecordedChoices,
  type ValidateRequest,
  type VariantInterface,
} from '../services/validate';
import type { JobContext } from './jobs';
import type { MadeVariants } from './make-variants';
import type { FlowTools } from './tools';

const RANDOM_SAMPLES = 16;
const MAX_SAMPLES = 1000;

/** A .tflite file and the model that it is to equal. */
export interface FileToValidate {
  readonly original: { readonly path: string; readonly format: SourceFormat };
  /** The model's conversion: what it declares, and the float32 file. */
  readonly made: Pick<MadeVariants, 'declared' | 'signatures' | 'float32Path'>;
  readonly path: string;
  readonly precision: Precision;
  readonly interfaces: readonly VariantInterface[];
  /** How it was made; undefined for a file from elsewhere. */
  readonly recipe: Recipe | undefined;
  readonly shapes: RecordedChoices['shapes'];
  /** Samples for the first signature; random ones when left out, and for further signatures. */
  readonly dataPath: string | undefined;
  /** What is told of the progress, e.g. "Validating int8". */
  readonly title: string;
}

/** Compares a file with its original, one signature after the other. */
export async function validateFile(
  file: FileToValidate,
  tools: FlowTools,
  job: JobContext,
): Promise<ValidationReport> {
  const reports: { key: string; report: ValidationReport }[] = [];
  for (const [i, signature] of file.made.signatures.entries()) {
    const dataPath = i === 0 ? file.dataPath : undefined;
    const report = await validateSignature(file, signature, dataPath, tools, job);
    reports.push({ key: signature.key, report });
  }
  return mergeReports(reports);
}

async function validateSignature(
  file: FileToValidate,
  signature: Signature,
  dataPath: string | undefined,
  tools: FlowTools,
  job: JobContext,
): Promise<ValidationReport> {
  const { original, made, recipe, shapes, path, precision } = file;
  const declared = made.declared.find(({ key }) => key === signature.key);
  if (!declared) throw new Error('a converted model has the signatures that it declares');
  const data =
    dataPath === undefined
      ? randomDataSet(signature.inputs, RANDOM_SAMPLES)
      : await openDataSet(dataPath, signature.inputs, recipe?.images);
  try {
    const request: ValidateRequest = {
      original: { ...original, signature: declared },
      ...(path === made.float32Path ? {} : { float32Path: made.float32Path }),
      variant: { path, precision, interface: interfaceOf(file, declared.key) },
      choices: { recipe, shapes },
      ...(recipe && mustRunOn29(recipe) ? { rightOn: ['tflite-2.9'] } : {}),
      data,
      maxSamples: MAX_SAMPLES,
      marks: tools.marks,
      onProgress: (done, total) =>
        job.progress({
          stage: recipe === undefined ? 'validate' : `validate ${recipe.name}`,
          message: `${file.title}: ${done} of ${total} samples`,
          fraction: done / total,
        }),
    };
    return await validateVariant(request, tools, job.signal);
  } finally {
    await data.close();
  }
}

/** The file's signature of that key, or the only one of a file that names it otherwise; nothing at all where it has none. */
function interfaceOf({ interfaces, made }: FileToValidate, key: string): VariantInterface {
  const named = interfaces.find((one) => one.key === key);
  const only = made.declared.length === 1 && interfaces.length === 1 ? interfaces[0] : undefined;
  return named ?? only ?? { key, inputs: [], outputs: [] };
}

/** Whether the recipe's target is as old as the oldest runtime that variants are judged on. */
const mustRunOn29 = ({ targetRuntime }: Recipe): boolean => compareVersions(targetRuntime, '2.9') <= 0;

import type { OriginalRuntime } from '@main/ports/original-runtime';
import type { TfliteRuntime, TfliteRuntimeId } from '@main/ports/tflite-runtime';
import type { Precision } from '@shared/model/recipe';
import type { DeclaredSignature } from '@shared/model/tensor';
import type { RuntimeVerdict, ValidationMarks, ValidationReport } from '@shared/model/validation';
import { AccuracyCount } from './accuracy-count';
import { batchesOf, type SampleSource } from './batches';
import { ErrorBudget } from './error-budget';
import { interfaceDifferences, type RecordedChoices } from './interface-differences';
import { OriginalSide, type OriginalModel } from './original-side';
import { RuntimeSide } from './runtime-side';
import type { VariantInterface } from './variant-interface';
import { accuracyFailure, rightOnSentence, verdictOf } from './verdict';

export interface ValidateTools {
  readonly original: OriginalRuntime;
  /** The current runtime first. */
  readonly runtimes: readonly TfliteRuntime[];
}

export interface ValidateRequest {
  readonly original: Omit<OriginalModel, 'signature'> & {
    /** As the source itself declares it. */
    readonly signature: DeclaredSignature;
  };
  /** The float32 conversion, for the budget's middle stage; left out when the variant is that itself. */
  readonly float32Path?: string;
  readonly variant: {
    readonly path: string;
    readonly precision: Precision;
    readonly interface: VariantInterface;
  };
  /** What the user decided, which explains differences of inputs and outputs. */
  readonly choices: RecordedChoices;
  /** Runtimes that the variant must be right on; the first one of the tools when left out. */
  readonly rightOn?: readonly TfliteRuntimeId[];
  readonly data: SampleSource;
  readonly maxSamples: number;
  readonly marks: ValidationMarks;
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Compares a variant with its original: inputs and outputs as declared, and what the original, its float32 conversion and the
 * variant answer to the same samples on every runtime.
 */
export async function validateVariant(
  request: ValidateRequest,
  tools: ValidateTools,
  signal?: AbortSignal,
): Promise<ValidationReport> {
  const { original, variant, data, float32Path } = request;
  const samples = Math.min(data.count, request.maxSamples);
  const { path, format, signature } = original;
  const reference = new OriginalSide(tools.original, { path, format, signature: signature.key });
  const files = { variantPath: variant.path, interface: variant.interface, float32Path };
  const sides = tools.runtimes.map((runtime) => new RuntimeSide(runtime, files));
  const budget = new ErrorBudget(float32Path === undefined);
  const accuracy = new AccuracyCount(data.labels);
  for await (const { start, end, inputs } of batchesOf(data, samples)) {
    signal?.throwIfAborted();
    const answers = await reference.answers(inputs, signal);
    for (const side of sides)
      await side.run(inputs, signal, (float32, values) => {
        budget.add(side.runtime.id, { original: answers, float32, variant: values });
        accuracy.add(side.runtime.id, answers, values, start);
      });
    request.onProgress?.(end, samples);
  }
  return reportOf(request, samples, reference, sides, budget, accuracy);
}

function reportOf(
  request: ValidateRequest,
  samples: number,
  reference: OriginalSide,
  sides: readonly RuntimeSide[],
  budget: ErrorBudget,
  accuracy: AccuracyCount,
): ValidationReport {
  const { original, variant, choices, data, marks } = request;
  const differences = interfaceDifferences(original.signature, variant.interface, choices);
  const runtimes = sides.map(
    ({ runtime, ended }) =>
      ended ?? verdictOf(runtime.id, budget.errors(runtime.id), variant.precision, marks),
  );
  const main = sides[0]?.runtime.id;
  const counted = main && accuracy.result(main);
  const warnings = reference.problem === undefined ? [] : [reference.problem];
  const deciding = runtimes.filter(
    ({ runtime }) => runtime === main || request.rightOn?.includes(runtime) === true,
  );
  const isCompared = main !== undefined && budget.isComparedWithOriginal(main);
  const reasons = [
    ...differences.filter((d) => d.explanation === undefined).map((d) => `${d.tensor}: ${d.what}.`),
    ...deciding
      .filter(({ verdict }) => (isCompared ? verdict !== 'right' : isCertain(verdict)))
      .map((one) => `${one.runtime}: ${one.reason.replace(/\.$/, '')}.`),
    ...[accuracyFailure(counted, marks) ?? []].flat(),
  ];
  if (!isCompared && reasons.length === 0)
    reasons.push(
      warnings[0] ??
        runtimes.find(({ runtime }) => runtime === main)?.reason ??
        'There was nothing to compare the variant with.',
    );
  const framework = reference.ran?.framework ?? '';
  return {
    status: statusOf(isCompared, reasons, deciding, differences),
    reasons,
    ...(reference.ran ? { original: reference.ran } : {}),
    rightOn: rightOnSentence(runtimes),
    interfaceDifferences: differences,
    stages: sides.flatMap(({ runtime }) => budget.stages(runtime.id, framework, samples)),
    ...(counted ? { accuracy: counted } : {}),
    runtimes,
    marks,
    data: { description: data.description, samples, random: data.random },
    warnings,
  };
}

/** That much is known even where nothing could be compared with the original. */
const isCertain = (verdict: RuntimeVerdict['verdict']): boolean =>
  verdict === 'wrong' || verdict === 'refused';

/** What could not be compared has not failed, unless that much is certain: a wrong interface, a wrong answer, a refusal. */
function statusOf(
  isCompared: boolean,
  reasons: readonly string[],
  deciding: readonly RuntimeVerdict[],
  differences: ValidationReport['interfaceDifferences'],
): ValidationReport['status'] {
  const isWrong =
    differences.some(({ explanation }) => explanation === undefined) ||
    deciding.some(({ verdict }) => isCertain(verdict));
  if (!isCompared && !isWrong) return 'not-validated';
  return reasons.length > 0 ? 'failed' : 'passed';
}

import type { TfliteRuntimeId } from '@main/ports/tflite-runtime';
import { PRECISION_TITLES, type Precision } from '@shared/model/recipe';
import {
  JUDGING_RUNTIME_TITLES,
  type Accuracy,
  type OutputError,
  type RuntimeVerdict,
  type ValidationMarks,
} from '@shared/model/validation';

const FLOAT: ReadonlySet<Precision> = new Set(['float32', 'float16']);

/** Whether a runtime computes the variant rightly, by the pass marks: cosine for all, SNR for float ones. */
export function verdictOf(
  runtime: TfliteRuntimeId,
  errors: readonly OutputError[],
  precision: Precision,
  marks: ValidationMarks,
): RuntimeVerdict {
  if (errors.length === 0)
    return { runtime, verdict: 'not-run', reason: 'there is nothing to compare its outputs with' };
  const reasons = errors.flatMap(({ output, cosine, snrDb }) => {
    if ((cosine ?? 0) < marks.minCosine)
      return [`output '${output}' has cosine ${(cosine ?? 0).toFixed(4)}, below ${marks.minCosine}`];
    if (FLOAT.has(precision) && snrDb !== null && snrDb < marks.minSnrDb)
      return [
        `output '${output}' has SNR ${snrDb.toFixed(1)} dB, below ${marks.minSnrDb} dB for ${PRECISION_TITLES[precision]}`,
      ];
    return [];
  });
  return { runtime, verdict: reasons.length > 0 ? 'wrong' : 'right', reason: reasons.join('; ') };
}

/** Why the accuracy does not pass; undefined when it does. */
export function accuracyFailure(accuracy: Accuracy | undefined, marks: ValidationMarks): string | undefined {
  if (!accuracy || accuracy.after >= accuracy.before * marks.minAccuracyRatio) return undefined;
  const percent = (share: number, digits: number): string => `${(share * 100).toFixed(digits)} %`;
  return `Accuracy fell from ${percent(accuracy.before, 1)} to ${percent(accuracy.after, 1)} on ${accuracy.samples} samples, below ${percent(marks.minAccuracyRatio, 0)} of the original's.`;
}

/** E.g. "Right on TFLite 2.21; refused by TFLite 2.9 (unknown operator)." */
export function rightOnSentence(verdicts: readonly RuntimeVerdict[]): string {
  const those = (verdict: RuntimeVerdict['verdict']): RuntimeVerdict[] =>
    verdicts.filter((one) => one.verdict === verdict);
  const title = ({ runtime }: RuntimeVerdict): string => JUDGING_RUNTIME_TITLES[runtime];
  const told = (how: string, list: readonly RuntimeVerdict[]): string[] =>
    list.map((one) => `${how} ${title(one)} (${one.reason.replace(/\.$/, '')})`);
  const right = those('right').map(title);
  const parts = [
    ...(right.length > 0 ? [`right on ${right.join(' and ')}`] : []),
    ...told('wrong on', those('wrong')),
    ...told('refused by', those('refused')),
    ...told('not run on', those('not-run')),
  ];
  const sentence = `${parts.join('; ')}.`;
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

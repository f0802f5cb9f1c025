import type { GateResult } from '@shared/model/comparison';
import type { Run } from '@shared/model/run';
import { verdictOf, type VerdictOptions } from './verdict';

/**
 * Judges candidates (a run, and its repetition when the first was worse) against a base. Only what is worse in every one of at
 * least two runs fails.
 */
export function gate(
  base: Run,
  candidates: readonly Run[],
  options: VerdictOptions | readonly VerdictOptions[] = {},
): GateResult {
  const verdicts = candidates.map((candidate, i) =>
    verdictOf(base, candidate, (Array.isArray(options) ? options[i] : options) as VerdictOptions),
  );
  const worse = verdicts.filter((verdict) => verdict.outcome === 'worse');
  if (worse.length === 0) {
    return { state: 'pass', verdicts, sentence: verdicts[0]?.reason ?? 'There is no run to judge.' };
  }
  if (worse.length === verdicts.length && worse.length > 1) {
    return {
      state: 'worse',
      verdicts,
      sentence: `Worse in ${worse.length} runs out of ${worse.length}: ${worse[0]!.reason}`,
    };
  }
  const sentence =
    verdicts.length === 1
      ? `Worse in one run, not confirmed yet: measure again. ${worse[0]!.reason}`
      : `Worse in ${worse.length} of ${verdicts.length} runs: not confirmed.`;
  return { state: 'unconfirmed', verdicts, sentence };
}

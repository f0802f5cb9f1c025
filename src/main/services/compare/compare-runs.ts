import type { RunComparison } from '@shared/model/comparison';
import type { Run } from '@shared/model/run';
import { conditionDifferences } from './conditions';
import { verdictOf, type VerdictOptions } from './verdict';

/** A candidate against a base: the verdict, and by what else the two differ. */
export const compareRuns = (base: Run, candidate: Run, options: VerdictOptions = {}): RunComparison => ({
  baseId: base.id,
  candidateId: candidate.id,
  verdict: verdictOf(base, candidate, options),
  differences: conditionDifferences(base, candidate),
});

import { EVIDENCE_TITLES } from '@shared/model/evidence';
import {
  type ComparisonTarget,
  type EdgeCloudComparison,
  type RunComparison,
} from '@shared/model/comparison';
import type { VariantInfo } from '@shared/model/model';
import type { RunSummary } from '@shared/model/run';
import { bytesText, durationText, lineText, percentText, signedPercent } from './format';
import { terminalTable, type Column } from './terminal-table';

const left = (title: string, maxWidth = 48): Column => ({ title, align: 'left', maxWidth });
const right = (title: string): Column => ({ title, align: 'right' });

const figure = (target: ComparisonTarget, line: keyof ComparisonTarget['lines']): string =>
  lineText(line, target.lines[line].value);

/** Edge and cloud targets, one per line. */
export const comparisonTable = ({ targets }: EdgeCloudComparison): string =>
  terminalTable(
    [
      left('Target'),
      right('p50'),
      right('p90'),
      right('p99'),
      right('Per second'),
      right('Size'),
      right('Accuracy'),
      right('Sent'),
      left('Evidence'),
    ],
    targets.map((target) => [
      target.title,
      durationText(target.latency?.p50Ns),
      durationText(target.latency?.p90Ns),
      durationText(target.latency?.p99Ns),
      figure(target, 'throughput'),
      figure(target, 'appSize'),
      figure(target, 'accuracy'),
      figure(target, 'bytesSent'),
      EVIDENCE_TITLES[target.evidence],
    ]),
  );

/** Variants of a model with size and what their validation said. */
export const variantTable = (variants: readonly VariantInfo[]): string =>
  terminalTable(
    [
      left('Recipe'),
      right('Size'),
      right('Of original'),
      right('Before'),
      right('After'),
      left('Validation'),
    ],
    variants.map((variant) => [
      variant.recipe,
      bytesText(variant.bytes),
      percentText(variant.bytes / Math.max(1, variant.originalBytes), 0),
      percentText(variant.validation?.accuracy?.before),
      percentText(variant.validation?.accuracy?.after),
      variant.validation?.status.replace('-', ' ') ?? 'not validated',
    ]),
  );

/** The history, one run per line. */
export const historyTable = (runs: readonly RunSummary[]): string =>
  terminalTable(
    [
      left('Run', 10),
      left('Started', 20),
      left('Model', 28),
      left('Recipe', 16),
      left('Device', 28),
      right('p50'),
      right('p90'),
      right('Samples'),
      left('Status', 12),
    ],
    runs.map((run) => [
      run.id.slice(0, 8),
      run.startedAt.slice(0, 19).replace('T', ' '),
      run.modelName,
      run.recipe,
      run.deviceTitle,
      durationText(run.latency?.p50Ns),
      durationText(run.latency?.p90Ns),
      String(run.latency?.samples ?? 0),
      run.status,
    ]),
  );

/** Verdicts of candidates against their base, one per line. */
export const verdictTable = (comparisons: readonly RunComparison[]): string =>
  terminalTable(
    [
      left('Base', 10),
      left('Candidate', 10),
      left('Verdict'),
      right('Difference'),
      left('95 % interval'),
      left('Differs by', 60),
    ],
    comparisons.map(({ baseId, candidateId, verdict, differences }) => [
      baseId.slice(0, 8),
      candidateId.slice(0, 8),
      verdict.outcome.replace('-', ' '),
      signedPercent(verdict.differencePercent),
      verdict.interval === null
        ? '–'
        : `${signedPercent(verdict.interval.lowPercent)} … ${signedPercent(verdict.interval.highPercent)}`,
      differences.map(({ what }) => what).join(', ') || '–',
    ]),
  );

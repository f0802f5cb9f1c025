import type { RuntimeVerdict, ValidationReport } from '@shared/model/validation';
import { rightOnSentence } from './verdict';

interface KeyedReport {
  readonly key: string;
  readonly report: ValidationReport;
}

const WORST_FIRST: readonly RuntimeVerdict['verdict'][] = ['refused', 'wrong', 'not-run', 'right'];

/** One report on all signatures of a model: as bad as the worst of them. Accuracy is that of the first. */
export function mergeReports(reports: readonly KeyedReport[]): ValidationReport {
  const [first] = reports;
  if (!first) throw new Error('a model has a signature');
  if (reports.length === 1) return first.report;
  const statuses = reports.map(({ report }) => report.status);
  const runtimes = first.report.runtimes.map(({ runtime }) => worstVerdict(runtime, reports));
  const told = (of: (report: ValidationReport) => readonly string[]): string[] =>
    reports.flatMap(({ key, report }) => of(report).map((text) => `Signature '${key}': ${text}`));
  return {
    ...first.report,
    status: statuses.includes('failed')
      ? 'failed'
      : statuses.includes('not-validated')
        ? 'not-validated'
        : 'passed',
    reasons: told((report) => report.reasons),
    warnings: told((report) => report.warnings),
    rightOn: rightOnSentence(runtimes),
    interfaceDifferences: reports.flatMap(({ key, report }) =>
      report.interfaceDifferences.map((one) => ({ ...one, tensor: `${one.tensor} of '${key}'` })),
    ),
    stages: reports.flatMap(({ key, report }) =>
      report.stages.map((stage) => ({ ...stage, signature: key })),
    ),
    runtimes,
    data: {
      ...first.report.data,
      description: reports.map(({ key, report }) => `${key}: ${report.data.description}`).join('; '),
    },
  };
}

function worstVerdict(runtime: RuntimeVerdict['runtime'], reports: readonly KeyedReport[]): RuntimeVerdict {
  const verdicts = reports.flatMap(({ key, report }) =>
    report.runtimes
      .filter((one) => one.runtime === runtime)
      .map((one) => ({ ...one, reason: one.reason && `signature '${key}': ${one.reason}` })),
  );
  const worst = WORST_FIRST.flatMap((verdict) => verdicts.filter((one) => one.verdict === verdict))[0];
  return worst ?? { runtime, verdict: 'not-run', reason: '' };
}

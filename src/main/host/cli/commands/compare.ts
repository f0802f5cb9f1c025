import { AppError } from '@shared/error/app-error';
import type { GateResult, RunComparison } from '@shared/model/comparison';
import type { Command } from 'commander';
import { parseNotNegative } from '../arguments';
import type { Session } from '../session';
import { compareEdgeWithCloud, type EdgeCloudFlags } from './edge-cloud';
import { millisText } from '@shared/text/figures';
import { table } from '@shared/text/terminal-table';

type Run = (action: (session: Session) => Promise<void>) => Promise<void>;

export function addCompare(program: Command, run: Run): void {
  program
    .command('compare')
    .argument('[base]', 'id of a run, or the beginning of one; without runs, edge is compared with cloud')
    .argument('[runs...]', 'runs to compare with it')
    .option('--model <name>', 'edge against cloud for this model (name, or beginning of its hash)')
    .option('--rtt <ms>', 'what if: round-trip time', parseNotNegative)
    .option('--bandwidth <kbit/s>', '… bandwidth each way (0: unlimited)', parseNotNegative)
    .option('--price <amount>', '… your price for 1,000 inferences', parseNotNegative)
    .option('--per-day <n>', '… inferences a day', parseNotNegative)
    .option('--report <file>', 'also write the comparison as a page that stands alone')
    .description(
      'say of each run whether it is better or worse than the base, with a 95 % interval; or compare edge with cloud',
    )
    .action((base: string | undefined, candidates: string[], flags: EdgeCloudFlags) =>
      run(async (session) => {
        const { output, engine } = session;
        if (base === undefined) return compareEdgeWithCloud(session, flags);
        if (candidates.length === 0)
          throw new AppError('usage.wrong', 'Name the runs to compare with the first one, or none at all.');
        const client = await engine();
        const comparisons = await client.compare.runs({ base, candidates });
        return output.result({ comparisons }, comparisonText(comparisons));
      }),
    );
  program
    .command('gate')
    .argument('<base>', 'id of the run to hold against; the run to judge when it is the only one')
    .argument('[runs...]', 'runs of the new state; at least two to confirm')
    .description('fail (status 1) only when the runs are confirmed worse than the base')
    .action((base: string, candidates: string[]) =>
      run(async ({ output, engine }) => {
        const client = await engine();
        const result = await client.compare.gate(
          candidates.length === 0 ? { candidates: [base] } : { base, candidates },
        );
        output.result(result, gateText(result));
        if (result.state === 'worse')
          throw new AppError('gate.worse', 'The gate is closed: confirmed worse than the base.');
      }),
    );
}

const gateText = ({ sentence, baseId, differences = [] }: GateResult): string =>
  [
    ...(baseId === undefined ? [] : [`Held against run ${baseId.slice(0, 8)}.`]),
    ...differences.map(({ what, base, candidate }) => `Differs by ${what}: ${base} / ${candidate}`),
    sentence,
  ].join('\n');

function comparisonText(comparisons: readonly RunComparison[]): string {
  const rows = comparisons.map(({ candidateId, verdict }) => [
    candidateId.slice(0, 8),
    `p${verdict.percentile}`,
    millisText(verdict.baseNs),
    millisText(verdict.candidateNs),
    verdict.differencePercent === null ? '–' : `${verdict.differencePercent.toFixed(1)} %`,
    verdict.interval
      ? `${verdict.interval.lowPercent.toFixed(1)} … ${verdict.interval.highPercent.toFixed(1)} %`
      : '–',
    verdict.outcome === 'not-resolved' ? 'not resolved' : verdict.outcome,
  ]);
  const notes = comparisons.flatMap(({ candidateId, verdict, differences }) => [
    `${candidateId.slice(0, 8)}: ${verdict.reason}`,
    ...differences.map(
      ({ what, base, candidate }) => `${candidateId.slice(0, 8)} differs by ${what}: ${base} / ${candidate}`,
    ),
  ]);
  return [
    table(['run', 'at', 'base ms', 'this ms', 'difference', '95 % interval', 'verdict'], rows),
    '',
    ...notes,
  ].join('\n');
}

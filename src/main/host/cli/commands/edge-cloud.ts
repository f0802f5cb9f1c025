import type { EngineClient } from '@shared/api/contract';
import { AppError } from '@shared/error/app-error';
import {
  COMPARISON_LINE_NAMES,
  type ComparisonLine,
  type EdgeCloudComparison,
} from '@shared/model/comparison';
import { EVIDENCE_TITLES } from '@shared/model/evidence';
import type { ModelInfo } from '@shared/model/model';
import { circumstancesText, whatIfRows, whatIfSentence, type WhatIf } from '@shared/statistics/what-if';
import { figureText, lineText, percentText } from '@shared/text/figures';
import { table } from '@shared/text/terminal-table';
import { printable } from '@shared/text/text-width';
import { given } from '../arguments';
import type { Session } from '../session';

export interface EdgeCloudFlags {
  readonly model?: string;
  readonly rtt?: number;
  readonly bandwidth?: number;
  readonly price?: number;
  readonly perDay?: number;
  readonly report?: string;
}

/** The model that is meant: the only one when none is named. */
async function modelOf(client: EngineClient, name: string | undefined): Promise<ModelInfo> {
  const models = await client.models.list();
  const found =
    name === undefined
      ? models
      : models.filter((model) => model.name === name || (name.length >= 4 && model.id.startsWith(name)));
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  const known = models.map((model) => `${printable(model.name)} (${model.id.slice(0, 8)})`).join(', ');
  if (models.length === 0)
    throw new AppError(
      'run.not-found',
      'There is no model in the history. Benchmark one with: edgebench bench MODEL',
    );
  throw new AppError(
    'usage.wrong',
    `${found.length === 0 ? 'There is no such model' : 'Several models are meant'}. Name one with --model: ${known}.`,
  );
}

const askedOf = ({ rtt, bandwidth, price, perDay }: EdgeCloudFlags): WhatIf =>
  given({ rttMs: rtt, kbps: bandwidth, pricePerThousand: price, inferencesPerDay: perDay });

/** Edge against cloud for one model, line by line, and what other circumstances would change. */
export async function compareEdgeWithCloud(
  { output, engine }: Session,
  flags: EdgeCloudFlags,
): Promise<void> {
  const client = await engine();
  const model = await modelOf(client, flags.model);
  const comparison = await client.compare.edgeCloud({ modelHash: model.id });
  const asked = askedOf(flags);
  const isAsked = Object.keys(asked).length > 0;
  const rows = isAsked ? whatIfRows(comparison, asked) : [];
  const file =
    flags.report === undefined
      ? undefined
      : (
          await client.compare.report({
            modelHash: model.id,
            out: flags.report,
            ...(isAsked ? { whatIf: asked } : {}),
          })
        ).file;
  output.result(
    {
      comparison,
      ...(isAsked
        ? {
            whatIf: {
              asked,
              pairs: rows.map(({ edge, cloud, pair: _pair, ...row }) => ({
                edgeId: edge.id,
                cloudId: cloud.id,
                ...row,
              })),
            },
          }
        : {}),
      ...(file === undefined ? {} : { report: file }),
    },
    [
      ...comparison.summary.map(printable),
      '',
      linesTable(comparison),
      ...(comparison.pairs.length === 0 ? [] : ['', pairsTable(comparison)]),
      ...(isAsked
        ? [
            '',
            `What if: ${circumstancesText(asked)} (computed, not measured)`,
            ...rows.map((row) => printable(whatIfSentence(row))),
          ]
        : []),
      ...(file === undefined ? [] : ['', `Report: ${file}`]),
    ].join('\n'),
  );
}

const TITLES: Partial<Record<ComparisonLine, string>> = {
  latencyP50: 'p50',
  latencyP90: 'p90',
  bytesSent: 'bytes sent',
  appSize: 'app size',
  pricePerThousand: 'price per 1,000',
};

/** One row per target; a figure that was not taken is a dash, one that was simulated says so. */
function linesTable({ targets }: EdgeCloudComparison): string {
  return table(
    ['target', ...COMPARISON_LINE_NAMES.map((line) => TITLES[line] ?? line), 'latency is'],
    targets.map((target) => [
      printable(target.title),
      ...COMPARISON_LINE_NAMES.map((line) => lineText(line, target.lines[line].value)),
      EVIDENCE_TITLES[target.evidence],
    ]),
  );
}

function pairsTable({ targets, pairs }: EdgeCloudComparison): string {
  const title = (id: string): string => printable(targets.find((target) => target.id === id)?.title ?? id);
  return table(
    ['edge', 'cloud', 'edge faster in', 'cloud faster below', 'or above'],
    pairs.map((pair) => [
      title(pair.edgeId),
      title(pair.cloudId),
      percentText(pair.probabilityEdgeFaster),
      pair.breakEvenRttMs === null ? 'never' : `${figureText(pair.breakEvenRttMs)} ms`,
      pair.breakEvenKbps === null ? 'never' : `${figureText(pair.breakEvenKbps / 1000)} Mbit/s`,
    ]),
  );
}

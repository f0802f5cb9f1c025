import { EVIDENCE_TITLES } from '@shared/model/evidence';
import type { BaselineFacts } from '@shared/model/cloud';
import {
  COMPARISON_LINE_NAMES,
  type ComparisonLine,
  type ComparisonTarget,
  type EdgeCloudComparison,
  type Figure,
} from '@shared/model/comparison';
import type { VariantInfo } from '@shared/model/model';
import { minimumSamples } from '@shared/statistics/percentile';
import { boxChart, ecdfChart, legend } from './charts';
import { bytesText, durationText, figureText, lineText, percentText, wholeText } from '@shared/text/figures';
import { recipeTitle } from '@shared/text/making';
import { VALIDATION_TITLES, type ValidationStatus } from '@shared/model/validation';
import { errorsText, splitText } from '@shared/text/cloud-text';
import { html, type Html } from './html';

const STATUS_CLASSES: Record<ValidationStatus, string> = {
  passed: 'good',
  failed: 'bad',
  'not-validated': 'warn',
};

export const table = (head: readonly Html[], rows: readonly Html[]): Html =>
  html`<div class="scroll">
    <table>
      <thead>
        <tr>
          ${head}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
export const th = (text: string, number = true): Html =>
  number ? html`<th class="n">${text}</th>` : html`<th>${text}</th>`;
export const td = (text: string, note?: string): Html =>
  html`<td class="n">
    <span class="value">${text}</span>${note !== undefined && html`<br /><span class="soft">${note}</span>`}
  </td>`;

/** Largest error of a variant against the original, over its outputs. */
function worstError(variant: VariantInfo) {
  const stages = variant.validation?.stages ?? [];
  const stage = stages.find(({ stage }) => stage === 'original-to-variant') ?? stages.at(-1);
  const outputs = stage?.outputs ?? [];
  const numbers = (of: (output: (typeof outputs)[number]) => number | null) =>
    outputs.map(of).filter((value) => value !== null);
  const maxAbs = numbers((output) => output.maxAbs);
  const cosine = numbers((output) => output.cosine);
  const snrDb = numbers((output) => output.snrDb);
  return {
    maxAbs: maxAbs.length === 0 ? null : Math.max(...maxAbs),
    cosine: cosine.length === 0 ? null : Math.min(...cosine),
    snrDb: snrDb.length === 0 ? null : Math.min(...snrDb),
  };
}

function variantRow(variant: VariantInfo): Html {
  const validation = variant.validation;
  const status = validation?.status ?? 'not-validated';
  const error = worstError(variant);
  const accuracy = validation?.accuracy;
  return html`<tr>
    <th>
      <bdi>${recipeTitle(variant)}</bdi>
      ${variant.precision !== variant.recipe && html`<br /><span class="soft">${variant.precision}</span>`}
    </th>
    ${td(bytesText(variant.bytes), `${percentText(variant.bytes / Math.max(1, variant.originalBytes), 0)} of the original`)}
    ${td(percentText(accuracy?.before))}
    ${td(percentText(accuracy?.after), accuracy && `${wholeText(accuracy.samples)} samples`)}
    ${td(figureText(error.maxAbs))} ${td(error.cosine === null ? '–' : error.cosine.toFixed(5))}
    ${td(error.snrDb === null ? '–' : `${error.snrDb.toFixed(1)} dB`)}
    <td>
      <span class="mark ${STATUS_CLASSES[status]}">${VALIDATION_TITLES[status]}</span>
      ${(validation?.reasons ?? []).map((reason) => html`<div class="soft">${reason}</div>`)}
    </td>
  </tr>`;
}

export const variantsSection = (variants: readonly VariantInfo[]): Html =>
  html`<section>
    <h2>Variants</h2>
    ${table(
      [
        th('Recipe', false),
        th('Size'),
        th('Accuracy before'),
        th('after'),
        th('Largest error'),
        th('Cosine'),
        th('SNR'),
        th('Validation', false),
      ],
      variants.map(variantRow),
    )}
  </section>`;

const percentile = (value: number | null | undefined, target: ComparisonTarget, percent: number): Html => {
  if (value !== null && value !== undefined) return td(durationText(value));
  const missing = minimumSamples(percent) - (target.latency?.samples ?? 0);
  return td('–', target.latency === null ? undefined : `${wholeText(missing)} more samples needed`);
};

const latencyRow = (target: ComparisonTarget): Html =>
  html`<tr>
    <th>
      <bdi>${target.title}</bdi>
      ${target.cautions.map((caution) => html`<div class="soft warn">${caution}</div>`)}
    </th>
    <td>
      <span class="mark ${target.evidence === 'measured' ? 'good' : 'warn'}"
        >${EVIDENCE_TITLES[target.evidence]}</span
      >
    </td>
    ${percentile(target.latency?.p50Ns, target, 50)} ${percentile(target.latency?.p90Ns, target, 90)}
    ${percentile(target.latency?.p95Ns, target, 95)} ${percentile(target.latency?.p99Ns, target, 99)}
    ${td(target.latency === null ? '–' : wholeText(target.latency.samples), target.latency === null || target.kind === 'cloud' ? undefined : `${target.latency.launches} launches`)}
  </tr>`;

export const latencySection = ({ targets }: EdgeCloudComparison): Html =>
  html`<section>
    <h2>Latency</h2>
    ${table(
      [th('Target', false), th('Evidence', false), th('p50'), th('p90'), th('p95'), th('p99'), th('Samples')],
      targets.map(latencyRow),
    )}
    ${
      ecdfChart(targets) !== undefined &&
      html`<h3>Share of answers at or below a latency</h3>
        ${ecdfChart(targets)} ${legend(targets)}
        <h3>Spread: 5, 25, 50, 75 and 95 %</h3>
        ${boxChart(targets)}`
    }
  </section>`;

const LINE_TITLES: Record<ComparisonLine, string> = {
  latencyP50: 'Latency, median',
  latencyP90: 'Latency, p90',
  throughput: 'Throughput',
  offline: 'Works offline',
  bytesSent: 'Bytes sent per inference',
  memory: 'Memory',
  energy: 'Energy per inference',
  appSize: 'Added app size',
  accuracy: 'Accuracy',
  pricePerThousand: 'Price per 1,000 inferences',
};

const figureCell = (line: ComparisonLine, figure: Figure): Html =>
  figure.evidence === 'not-measured'
    ? html`<td class="n"><span class="soft">not measured</span></td>`
    : td(
        lineText(line, figure.value),
        [EVIDENCE_TITLES[figure.evidence], figure.note].filter(Boolean).join(', '),
      );

function breakEvenRows({ pairs, targets }: EdgeCloudComparison): Html[] {
  const title = (id: string) => targets.find((target) => target.id === id)?.title ?? id;
  return pairs.map(
    (pair) =>
      html`<tr>
        <th><bdi>${title(pair.edgeId)}</bdi></th>
        <td><bdi>${title(pair.cloudId)}</bdi></td>
        ${td(percentText(pair.probabilityEdgeFaster))}
        ${td(pair.breakEvenRttMs === null ? 'edge always faster' : `below ${figureText(pair.breakEvenRttMs)} ms`)}
        ${td(pair.breakEvenKbps === null ? 'edge always faster' : `above ${figureText(pair.breakEvenKbps / 1000)} Mbit/s`)}
      </tr>`,
  );
}

export const cloudSection = (comparison: EdgeCloudComparison): Html =>
  html`<section>
    <h2>Edge against cloud</h2>
    ${table(
      [
        th('', false),
        ...comparison.targets.map((target) => html`<th class="n"><bdi>${target.title}</bdi></th>`),
      ],
      COMPARISON_LINE_NAMES.map(
        (line) =>
          html`<tr>
            <th>${LINE_TITLES[line]}</th>
            ${comparison.targets.map((target) => figureCell(line, target.lines[line]))}
          </tr>`,
      ),
    )}
    ${
      comparison.pairs.length > 0 &&
      html`<h3>When the cloud would be faster</h3>
        ${table(
          [
            th('Edge', false),
            th('Cloud', false),
            th('Edge faster in'),
            th('Round-trip time'),
            th('Bandwidth'),
          ],
          breakEvenRows(comparison),
        )}`
    }
    ${comparison.targets.every((target) => target.kind === 'edge') && html`<p class="soft">No cloud baseline has been measured.</p>`}
  </section>`;

/** How a baseline was measured, as name and value. */
export function baselineFacts(baseline: BaselineFacts): readonly (readonly [string, string])[] {
  const { load, network, check } = baseline;
  const applied =
    network.name === 'none'
      ? 'none applied'
      : `${network.name}, simulated: ${network.rttMs} ms round trip, ±${network.jitterMs} ms, ${network.upKbps} kbit/s up, ${network.downKbps} kbit/s down, ${network.lossPercent} % loss`;
  const split = splitText(baseline.split);
  const errors = errorsText(baseline);
  return [
    ['Endpoint', `${baseline.endpoint.protocol} at ${baseline.endpoint.url}`],
    ['Server', baseline.server ?? 'unknown'],
    ['Network', applied],
    [
      'Load',
      load.kind === 'closed'
        ? `closed loop, ${load.concurrency} at a time`
        : `open loop, ${load.kind} arrivals, ${load.ratePerSecond}/s`,
    ],
    [
      'Result',
      `${baseline.status}, ${percentText(baseline.errorRate)} errors${errors === '' ? '' : ` (${errors})`}, ${figureText(baseline.goodputPerSecond)} right answers/s`,
    ],
    [
      'Checked answers',
      `${wholeText(check.answers)}, largest difference ${figureText(check.maxAbs)} (allowed ${figureText(check.tolerance)})`,
    ],
    ['Median parts', split === '' ? 'unknown' : split],
    ['Bytes', `${bytesText(baseline.requestBytes)} up, ${bytesText(baseline.responseBytes)} down`],
    ['Measured', baseline.startedAt],
  ];
}

import type { ComparisonTarget } from '@shared/model/comparison';
import { durationText, percentText } from '@shared/text/figures';
import { html, type Html } from './html';
import { logScale, pixel, type LogScale } from './scale';

const WIDTH = 960;
const LEFT = 56;
const RIGHT = 20;

/** A colour class; the eighth and all after it look alike. */
const colour = (index: number): string => `k${Math.min(index, 7)}`;

const dashed = (target: ComparisonTarget): string => (target.evidence === 'simulated' ? ' simulated' : '');

const drawable = (targets: readonly ComparisonTarget[]) =>
  targets.filter((target) => target.ecdf.ns.length > 1);

function scaleOf(targets: readonly ComparisonTarget[], from: number): LogScale {
  const lows = targets.map((target) => target.ecdf.ns[0]!);
  const highs = targets.map((target) => target.ecdf.ns.at(-1)!);
  return logScale(Math.max(1, Math.min(...lows)), Math.max(1, ...highs), from, WIDTH - RIGHT);
}

const verticals = (scale: LogScale, top: number, bottom: number): Html[] =>
  scale.ticks.map((tick) => {
    const x = pixel(scale.at(tick));
    return html`<line class="grid" x1="${x}" x2="${x}" y1="${top}" y2="${bottom}"></line
      ><text x="${x}" y="${bottom + 18}" text-anchor="middle">${durationText(tick)}</text>`;
  });

export const legend = (targets: readonly ComparisonTarget[]): Html =>
  html`<ul class="legend">
    ${drawable(targets).map(
      (target, index) => html`<li><span class="dot ${colour(index)}"></span><bdi>${target.title}</bdi></li>`,
    )}
  </ul>`;

function curve(target: ComparisonTarget, index: number, scale: LogScale, y: (share: number) => number): Html {
  const { ns, share } = target.ecdf;
  const points = ns.map((value, i) => `${pixel(scale.at(value))},${pixel(y(share[i]!))}`).join(' ');
  return html`<polyline class="curve ${colour(index)}${dashed(target)}" points="${points}">
    <title>${target.title}</title>
  </polyline>`;
}

/** Share of answers at or below each latency, all targets on one logarithmic axis; simulated ones dashed. */
export function ecdfChart(all: readonly ComparisonTarget[]): Html | undefined {
  const targets = drawable(all);
  if (targets.length === 0) return undefined;
  const [top, bottom] = [12, 300];
  const scale = scaleOf(targets, LEFT);
  const y = (share: number) => bottom - share * (bottom - top);
  const rows = [0, 0.25, 0.5, 0.75, 1].map(
    (share) =>
      html`<line
          class="grid"
          x1="${LEFT}"
          x2="${WIDTH - RIGHT}"
          y1="${pixel(y(share))}"
          y2="${pixel(y(share))}"
        ></line
        ><text x="${LEFT - 8}" y="${pixel(y(share) + 4)}" text-anchor="end">${percentText(share, 0)}</text>`,
  );
  return html`<svg
    class="chart"
    viewBox="0 0 ${WIDTH} ${bottom + 30}"
    role="img"
    aria-label="Share of answers at or below each latency"
  >
    ${verticals(scale, top, bottom)} ${rows} ${targets.map((target, index) => curve(target, index, scale, y))}
  </svg>`;
}

/** Latency at a share of answers, from the thinned distribution. */
function quantile(target: ComparisonTarget, share: number): number {
  const index = target.ecdf.share.findIndex((reached) => reached >= share);
  return target.ecdf.ns[index < 0 ? target.ecdf.ns.length - 1 : index]!;
}

/** One box per target: 25 to 75 %, the median, whiskers at 5 and 95 %. */
export function boxChart(all: readonly ComparisonTarget[]): Html | undefined {
  const targets = drawable(all);
  if (targets.length === 0) return undefined;
  const rowHeight = 46;
  const bottom = 8 + targets.length * rowHeight;
  const scale = scaleOf(targets, RIGHT);
  const boxes = targets.map((target, index) => {
    const [p5, p25, p50, p75, p95] = [0.05, 0.25, 0.5, 0.75, 0.95].map((share) =>
      scale.at(quantile(target, share)),
    );
    const middle = 8 + index * rowHeight + 29;
    const name = target.title.length > 90 ? `${target.title.slice(0, 89)}…` : target.title;
    return html`<g class="${colour(index)}">
      <text class="name" x="${RIGHT}" y="${middle - 13}" stroke="none">${name}</text>
      <line x1="${pixel(p5!)}" x2="${pixel(p95!)}" y1="${middle}" y2="${middle}" stroke-width="1.5"></line>
      <rect
        class="box"
        x="${pixel(p25!)}"
        y="${middle - 8}"
        width="${pixel(Math.max(1, p75! - p25!))}"
        height="16"
        rx="3"
        stroke-width="1.5"
      ></rect>
      <line
        x1="${pixel(p50!)}"
        x2="${pixel(p50!)}"
        y1="${middle - 8}"
        y2="${middle + 8}"
        stroke-width="3"
      ></line>
    </g>`;
  });
  return html`<svg
    class="chart"
    viewBox="0 0 ${WIDTH} ${bottom + 28}"
    role="img"
    aria-label="Spread of the latency of each target"
  >
    ${verticals(scale, 8, bottom)} ${boxes}
  </svg>`;
}

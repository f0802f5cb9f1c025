import type { EdgeCloudComparison } from '@shared/model/comparison';
import { bytesText, durationText, figureText } from '@shared/text/figures';
import {
  circumstancesText,
  whatIfRows,
  whatIfSentence,
  type WhatIf,
  type WhatIfRow,
} from '@shared/statistics/what-if';
import { html, type Html } from './html';
import { table, td, th } from './sections';

/** Round trips and bandwidths that a reader can place: a local network, mobile ones, a bad one, a satellite. */
const USUAL: readonly WhatIf[] = [
  { rttMs: 1, kbps: 0 },
  { rttMs: 10, kbps: 80_000 },
  { rttMs: 20, kbps: 100_000 },
  { rttMs: 50, kbps: 12_000 },
  { rttMs: 150, kbps: 1000 },
  { rttMs: 600, kbps: 5000 },
];
const FASTER = { edge: 'edge', cloud: 'cloud', neither: 'both the same' } as const;

const row = (asked: WhatIf, { edge, cloud, edgeP50Ns, cloudP50Ns, faster }: WhatIfRow): Html =>
  html`<tr>
    <th>${circumstancesText({ rttMs: asked.rttMs, kbps: asked.kbps })}</th>
    <td><bdi>${edge.title}</bdi></td>
    <td><bdi>${cloud.title}</bdi></td>
    ${td(durationText(edgeP50Ns))} ${td(durationText(cloudP50Ns))}
    <td>${FASTER[faster]}</td>
  </tr>`;

function askedPart(comparison: EdgeCloudComparison, asked: WhatIf): Html {
  const rows = whatIfRows(comparison, asked);
  const [first] = rows;
  const costs = first?.costPerYear ?? null;
  return html`<p>With ${circumstancesText(asked)}:</p>
    <ul>
      ${rows.map((one) => html`<li>${whatIfSentence(one)}</li>`)}
    </ul>
    ${costs !== null && html`<p class="soft">Cost of a year: ${figureText(costs)}; sent off the device each day: ${bytesText(first?.bytesPerDay ?? null)}.</p>`}`;
}

/** What other networks, prices and numbers of inferences would change; nothing without both sides. */
export function whatIfSection(comparison: EdgeCloudComparison, asked: WhatIf | undefined): Html | false {
  // The server is the same under every network that was simulated before it: one of them is enough.
  const firstOfEdge = new Map(comparison.pairs.map((pair) => [pair.edgeId, pair]));
  const shown = { ...comparison, pairs: [...firstOfEdge.values()] };
  if (shown.pairs.length === 0) return false;
  return html`<section>
    <h2>What if the network were another one?</h2>
    <p class="soft">
      Computed from the measured server time and message sizes: a simulation, not a measurement.
    </p>
    ${asked !== undefined && askedPart(comparison, asked)}
    ${table(
      [
        th('Network', false),
        th('Edge', false),
        th('Cloud', false),
        th('Edge p50'),
        th('Cloud p50'),
        th('Faster', false),
      ],
      USUAL.flatMap((network) => whatIfRows(shown, network).map((one) => row(network, one))),
    )}
  </section>`;
}

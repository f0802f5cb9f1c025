import type { ComparisonTarget, EdgeCloudComparison, NetworkModel, Pair } from '../model/comparison';
import { bytesText, durationText, figureText } from '../text/figures';
import { cloudMedianNs } from './network-model';

/** What the sliders say; what is left out stays as it was measured. `kbps` is the same each way, 0 is unlimited. */
export interface WhatIf {
  readonly rttMs?: number | undefined;
  readonly kbps?: number | undefined;
  /** The user's, for 1,000 inferences. */
  readonly pricePerThousand?: number | undefined;
  readonly inferencesPerDay?: number | undefined;
}

export interface WhatIfResult {
  readonly cloudP50Ns: number;
  /** Positive when the edge answers sooner. */
  readonly edgeGainNs: number;
  /** Null without a price or a number of inferences. */
  readonly costPerDay: number | null;
  readonly costPerYear: number | null;
  /** Bytes that leave the device. */
  readonly bytesPerDay: number | null;
}

export interface WhatIfRow extends WhatIfResult {
  readonly pair: Pair;
  readonly edge: ComparisonTarget;
  readonly cloud: ComparisonTarget;
  readonly edgeP50Ns: number;
  readonly faster: 'edge' | 'cloud' | 'neither';
}

const DAYS_PER_YEAR = 365;

/** The cloud side on another network, at another price and use: computed from what was measured, so a simulation. */
export function whatIf(edgeP50Ns: number, model: NetworkModel, asked: WhatIf): WhatIfResult {
  const { rttMs = model.rttMs, kbps, pricePerThousand, inferencesPerDay } = asked;
  const cloudP50Ns = cloudMedianNs({
    ...model,
    rttMs,
    ...(kbps === undefined ? {} : { upKbps: kbps, downKbps: kbps }),
  });
  const costPerDay =
    pricePerThousand === undefined || inferencesPerDay === undefined
      ? null
      : (pricePerThousand * inferencesPerDay) / 1000;
  return {
    cloudP50Ns,
    edgeGainNs: cloudP50Ns - edgeP50Ns,
    costPerDay,
    costPerYear: costPerDay === null ? null : costPerDay * DAYS_PER_YEAR,
    bytesPerDay: inferencesPerDay === undefined ? null : model.requestBytes * inferencesPerDay,
  };
}

/** Every pair of a comparison under other circumstances. A target's own price stands in for one that is not asked. */
export function whatIfRows({ targets, pairs }: EdgeCloudComparison, asked: WhatIf): WhatIfRow[] {
  const byId = new Map(targets.map((target) => [target.id, target]));
  return pairs.flatMap((pair) => {
    const [edge, cloud] = [byId.get(pair.edgeId), byId.get(pair.cloudId)];
    const edgeP50Ns = edge?.latency?.p50Ns;
    if (!edge || !cloud || edgeP50Ns == null) return [];
    const pricePerThousand = asked.pricePerThousand ?? cloud.lines.pricePerThousand.value ?? undefined;
    const result = whatIf(edgeP50Ns, pair.model, { ...asked, pricePerThousand });
    const faster = result.edgeGainNs > 0 ? 'edge' : result.edgeGainNs < 0 ? 'cloud' : 'neither';
    return [{ pair, edge, cloud, edgeP50Ns, faster, ...result }];
  });
}

const bandwidthText = (kbps: number): string =>
  kbps === 0 ? 'unlimited bandwidth' : `${figureText(kbps / 1000)} Mbit/s`;

/** The circumstances in words: "80 ms round trip, 5.00 Mbit/s". */
export function circumstancesText({ rttMs, kbps, pricePerThousand, inferencesPerDay }: WhatIf): string {
  return [
    ...(rttMs === undefined ? [] : [`${figureText(rttMs)} ms round trip`]),
    ...(kbps === undefined ? [] : [bandwidthText(kbps)]),
    ...(pricePerThousand === undefined ? [] : [`${pricePerThousand} for 1,000 inferences`]),
    ...(inferencesPerDay === undefined
      ? []
      : [`${inferencesPerDay.toLocaleString('en-US')} inferences a day`]),
  ].join(', ');
}

/** One sentence for a pair under other circumstances. */
export function whatIfSentence({
  edge,
  cloud,
  edgeP50Ns,
  cloudP50Ns,
  edgeGainNs,
  faster,
  costPerDay,
  costPerYear,
  bytesPerDay,
}: WhatIfRow): string {
  const gain = durationText(Math.abs(edgeGainNs));
  const speed =
    faster === 'neither'
      ? `${edge.title} and ${cloud.title} answer equally soon (${durationText(edgeP50Ns)})`
      : `${edge.title} (${durationText(edgeP50Ns)}) answers ${gain} ${faster === 'edge' ? 'sooner' : 'later'} than ${cloud.title} (${durationText(cloudP50Ns)})`;
  const cost =
    costPerDay === null || costPerYear === null
      ? ''
      : `; the cloud costs ${figureText(costPerDay)} a day, ${figureText(costPerYear)} a year`;
  const sent = bytesPerDay === null ? '' : `; ${bytesText(bytesPerDay)} a day leave the device`;
  return `${speed}${cost}${sent}.`;
}

import {
  COMPARISON_LINE_NAMES,
  type ComparisonLine,
  type ComparisonTarget,
  type Pair,
} from '@shared/model/comparison';
import { decidingLines } from './deciding-lines';

const LINE_TITLES: Record<ComparisonLine, string> = {
  latencyP50: 'median latency',
  latencyP90: 'p90 latency',
  throughput: 'throughput',
  offline: 'working offline',
  bytesSent: 'bytes sent',
  memory: 'memory',
  energy: 'energy',
  appSize: 'app size',
  accuracy: 'accuracy',
  pricePerThousand: 'price',
};

const ms = (ns: number): string => {
  const value = Math.abs(ns) / 1e6;
  return `${value >= 100 ? value.toFixed(0) : value >= 1 ? value.toFixed(1) : value.toFixed(3)} ms`;
};
const share = (value: number): string => `${(value * 100).toFixed(1)} %`;

function bandwidth(kbps: number): string {
  return kbps >= 1000 ? `${(kbps / 1000).toFixed(1)} Mbit/s` : `${kbps.toFixed(0)} kbit/s`;
}

function speedSentences(pair: Pair, edge: ComparisonTarget, cloud: ComparisonTarget): string[] {
  if (pair.edgeGainNs === null) {
    return [`No verdict on speed between ${edge.title} and ${cloud.title}: too many requests failed.`];
  }
  const wins = pair.edgeGainNs > 0;
  const first =
    `${edge.title} answers in ${ms(edge.latency?.p50Ns ?? 0)} (median), ${ms(pair.edgeGainNs)} ${wins ? 'sooner' : 'later'} ` +
    `than ${cloud.title}${pair.probabilityEdgeFaster === null ? '' : `; it is the faster one in ${share(pair.probabilityEdgeFaster)} of cases`}.`;
  if (pair.breakEvenRttMs === null)
    return [first, `Even with no round-trip time, ${cloud.title} would not be faster.`];
  const bits =
    pair.breakEvenKbps === null
      ? ''
      : ` at its bandwidth, or bandwidth above ${bandwidth(pair.breakEvenKbps)} at its round-trip time`;
  return [
    first,
    `The cloud is faster with a round-trip time below ${pair.breakEvenRttMs.toFixed(2)} ms${bits}.`,
  ];
}

function bestBy(
  targets: readonly ComparisonTarget[],
  kind: ComparisonTarget['kind'],
): ComparisonTarget | undefined {
  return targets
    .filter((target) => target.kind === kind && target.latency?.p50Ns != null)
    .sort((a, b) => (a.latency?.p50Ns ?? 0) - (b.latency?.p50Ns ?? 0))[0];
}

function accuracySentence(edge: ComparisonTarget, original: number | undefined): string[] {
  const after = edge.lines.accuracy.value;
  if (after === null || original === undefined) return [];
  const points = (after - original) * 100;
  const change =
    Math.abs(points) < 0.05
      ? 'as accurate as the original'
      : `${Math.abs(points).toFixed(1)} points ${points < 0 ? 'less' : 'more'} accurate than the original`;
  return [`${edge.title} is ${change} (${share(after)} against ${share(original)}).`];
}

const timesText = (factor: number): string =>
  `${factor < 10 ? factor.toFixed(1) : Math.round(factor).toLocaleString('en-US')} times`;

function decidingSentences(pair: Pair, edge: ComparisonTarget, cloud: ComparisonTarget): string[] {
  // Where no verdict on speed is given, latency decides nothing either.
  const hasVerdict = pair.edgeGainNs !== null;
  const lines = decidingLines(edge, cloud).filter(({ line }) => hasVerdict || !line.startsWith('latency'));
  const named = (side: 'edge' | 'cloud') =>
    lines
      .filter((line) => line.side === side)
      .map(({ line, factor }) =>
        line.startsWith('latency') && Number.isFinite(factor)
          ? `${LINE_TITLES[line]} (${timesText(factor)})`
          : LINE_TITLES[line],
      )
      .join(', ');
  const speaking = (side: 'edge' | 'cloud', target: ComparisonTarget) =>
    named(side) === '' ? [] : [`${target.title} is better in: ${named(side)}.`];
  return [...speaking('edge', edge), ...speaking('cloud', cloud)];
}

function priceSentence(clouds: readonly ComparisonTarget[]): string[] {
  const priced = clouds.find((target) => (target.lines.pricePerThousand.value ?? 0) > 0);
  const bytes = clouds.find((target) => (target.lines.bytesSent.value ?? 0) > 0);
  return [
    ...(bytes === undefined
      ? []
      : [
          `Each cloud inference sends ${Math.round(bytes.lines.bytesSent.value ?? 0).toLocaleString('en-US')} bytes off the device; the edge sends none.`,
        ]),
    ...(priced === undefined
      ? []
      : [`1,000 inferences cost ${priced.lines.pricePerThousand.value} at ${priced.title} (your price).`]),
  ];
}

function evidenceSentences(targets: readonly ComparisonTarget[]): string[] {
  const simulated = targets.filter((target) => target.evidence === 'simulated').map((target) => target.title);
  const missing = COMPARISON_LINE_NAMES.filter((line) =>
    targets.every((target) => target.lines[line].evidence === 'not-measured'),
  );
  const partly = COMPARISON_LINE_NAMES.filter(
    (line) =>
      !missing.includes(line) && targets.some((target) => target.lines[line].evidence === 'not-measured'),
  );
  const names = (lines: readonly ComparisonLine[]) => lines.map((line) => LINE_TITLES[line]).join(', ');
  return [
    ...(simulated.length === 0 ? [] : [`Simulated, not a real network: ${simulated.join('; ')}.`]),
    ...(missing.length === 0 ? [] : [`Not measured: ${names(missing)}.`]),
    ...(partly.length === 0 ? [] : [`Not measured everywhere: ${names(partly)}.`]),
  ];
}

/** Plain sentences about the fastest of both sides, what else differs, and what the figures rest on. */
export function summarize(
  targets: readonly ComparisonTarget[],
  pairs: readonly Pair[],
  originalAccuracy: number | undefined,
): string[] {
  const edge = bestBy(targets, 'edge');
  const cloud = bestBy(targets, 'cloud');
  const pair = pairs.find(({ edgeId, cloudId }) => edgeId === edge?.id && cloudId === cloud?.id);
  const clouds = targets.filter((target) => target.kind === 'cloud');
  const sentences: string[] = [];
  if (edge !== undefined && cloud !== undefined && pair !== undefined)
    sentences.push(...speedSentences(pair, edge, cloud), ...decidingSentences(pair, edge, cloud));
  else if (edge === undefined)
    sentences.push('No completed run on a device with enough samples: the edge side is not measured.');
  else
    sentences.push(
      `${edge.title} answers in ${ms(edge.latency?.p50Ns ?? 0)} (median). The cloud side is not measured.`,
    );
  if (edge !== undefined) sentences.push(...accuracySentence(edge, originalAccuracy));
  sentences.push(...priceSentence(clouds), ...evidenceSentences(targets));
  return sentences;
}

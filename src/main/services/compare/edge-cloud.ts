import type { BaselineFacts } from '@shared/model/cloud';
import type {
  ComparisonTarget,
  EdgeCloudComparison,
  Figure,
  NetworkModel,
  Pair,
} from '@shared/model/comparison';
import { deviceTitle } from '@shared/model/device-title';
import type { Evidence } from '@shared/model/evidence';
import type { LatencySummary, RunFacts } from '@shared/model/run';
import { ecdfOf, probabilitySmaller } from '@shared/statistics/distribution';
import { delegateText } from '@shared/model/delegate';
import { breakEvenKbps, breakEvenRttMs, transferNs } from '@shared/statistics/network-model';
import type { Sketch } from '@shared/statistics/sketch';
import { summarize } from './edge-cloud-summary';

/** Above this share of failed requests nothing is concluded about a cloud target. */
export const MAXIMUM_ERROR_RATE = 0.01;

/** A run and what is needed of its samples. */
export interface MeasuredRun {
  readonly run: RunFacts;
  readonly sketch: Sketch;
}

/** A baseline without its samples, and the order statistics of those that count, ascending. */
export interface MeasuredBaseline {
  readonly baseline: BaselineFacts;
  readonly ascending: Float64Array;
}

export interface EdgeCloudInput {
  readonly model: { readonly hash: string; readonly name: string };
  readonly runs: readonly MeasuredRun[];
  readonly baselines: readonly MeasuredBaseline[];
  /** Share of labelled samples classified rightly: the original's, and each variant's by its hash. */
  readonly accuracy?: { readonly original?: number; readonly variants: Readonly<Record<string, number>> };
  /** Bytes that the runtime library of a run adds to an app; undefined where it is not known. */
  readonly runtimeBytes?: (run: RunFacts) => number | undefined;
}

const unknown: Figure = { value: null, evidence: 'not-measured' };
const known = (value: number | null | undefined, evidence: Evidence, note?: string): Figure =>
  value === null || value === undefined
    ? unknown
    : { value, evidence, ...(note === undefined ? {} : { note }) };

interface Measured {
  readonly target: ComparisonTarget;
  readonly ascending: Float64Array;
}

const offlineOf = ({ offline }: RunFacts): Figure =>
  known(offline === undefined ? undefined : Number(offline), 'measured', 'with the network cut');

/** What the device's meters said; a simulated device has simulated meters. */
function energyOf({ energy, device }: RunFacts): Figure {
  if (!energy) return unknown;
  if (!energy.valid) return { ...unknown, note: energy.source };
  return known(energy.microJoules, device.simulated ? 'simulated' : 'measured', energy.source);
}

function appSizeOf(run: RunFacts, input: EdgeCloudInput): Figure {
  const runtime = input.runtimeBytes?.(run);
  const note = runtime === undefined ? 'model only' : 'model and runtime library, not compressed';
  return known(run.variant.bytes + (runtime ?? 0), 'measured', note);
}

const deviceName = ({ device }: RunFacts): string =>
  device.kind === 'this-computer' ? 'This computer' : deviceTitle(device);

function latencyLines(latency: LatencySummary | null, evidence: Evidence, perSecond: number | null) {
  return {
    latencyP50: known(latency?.p50Ns, evidence),
    latencyP90: known(latency?.p90Ns, evidence),
    throughput: known(perSecond, evidence),
  };
}

function edgeTarget({ run, sketch }: MeasuredRun, input: EdgeCloudInput): Measured {
  const isCounted = run.status === 'completed';
  const ascending = isCounted ? sketch.ascending : new Float64Array();
  const latency = isCounted ? sketch.latency : null;
  const cautions: string[] = [];
  if (run.status !== 'completed')
    cautions.push(
      `The run is ${run.status}${run.reason === undefined ? '' : ` (${run.reason})`}: its latency is left out.`,
    );
  else if (!run.profile.verdict)
    cautions.push(
      `Measured with the profile "${run.profile.name}": good for an impression, not for a verdict.`,
    );
  if (run.variant.validation === 'failed')
    cautions.push('The variant failed validation: it does not answer as the original does.');
  const { delegateAsked, delegateGot } = run.provenance;
  if (delegateAsked !== delegateGot) cautions.push(`${delegateText(run.provenance)}.`);
  if (latency !== null && ascending.length === 0)
    cautions.push(`${run.provenance.runner} gives statistics, not samples: there is no distribution.`);
  if (run.hostCheck?.agrees === false)
    cautions.push("Its outputs differ from this computer's on the same input.");
  if (run.device.simulated) cautions.push("A simulated device: its figures are no phone's.");
  const target: ComparisonTarget = {
    id: run.id,
    kind: 'edge',
    title: `${deviceName(run)} · ${run.variant.recipe}${run.threads === 1 ? '' : ` · ${run.threads} threads`}`,
    recipe: run.variant.recipe,
    evidence: latency === null ? 'not-measured' : 'measured',
    latency,
    ecdf: ecdfOf(ascending),
    lines: {
      ...latencyLines(
        latency,
        'measured',
        latency === null ? null : ((run.batch ?? 1) * 1e9) / latency.meanNs,
      ),
      offline: offlineOf(run),
      bytesSent: known(0, 'given', 'nothing leaves the device'),
      memory: known(run.memory?.peakBytes ?? run.memory?.steadyBytes, 'measured'),
      energy: energyOf(run),
      appSize: appSizeOf(run, input),
      accuracy: known(input.accuracy?.variants[run.variant.hash], 'measured'),
      pricePerThousand: known(0, 'given', 'no server'),
    },
    cautions,
  };
  return { target, ascending };
}

/** Evidence of a cloud latency: simulated as soon as a network profile was applied. */
const cloudEvidence = (baseline: BaselineFacts): Evidence =>
  baseline.network.name === 'none' ? 'measured' : 'simulated';

/** A rate below the server's limit says what was asked of it, not what it could do. */
const offered = ({ load }: BaselineFacts): string =>
  load.kind === 'closed' ? `closed loop, ${load.concurrency} at a time` : `of ${load.ratePerSecond}/s asked`;

function cloudTarget(measured: MeasuredBaseline, input: EdgeCloudInput): Measured {
  const { baseline } = measured;
  const counts = baseline.status === 'stable' || baseline.status === 'unstable';
  const ascending = counts ? measured.ascending : new Float64Array();
  const latency = counts ? baseline.latency : null;
  const evidence = latency === null ? 'not-measured' : cloudEvidence(baseline);
  const cautions: string[] = [];
  if (baseline.status !== 'stable')
    cautions.push(
      `The measurement is ${baseline.status}${baseline.reason === undefined ? '' : `: ${baseline.reason.replace(/\.$/, '')}`}.`,
    );
  if (baseline.errorRate > MAXIMUM_ERROR_RATE)
    cautions.push(`${(baseline.errorRate * 100).toFixed(1)} % of the requests failed: no verdict.`);
  if (baseline.load.kind === 'closed')
    cautions.push('Closed loop: stalls of the server hide behind waiting clients.');
  const { embedded, framework } = baseline.endpoint;
  if (embedded)
    cautions.push(
      `Served by this computer${framework === undefined ? '' : ` (${framework})`}; a data centre has other hardware.`,
    );
  const target: ComparisonTarget = {
    id: baseline.id,
    kind: 'cloud',
    title: `${baseline.endpoint.title}${baseline.network.name === 'none' ? '' : ` · ${baseline.network.name} (simulated)`}`,
    network: baseline.network.name,
    evidence,
    latency,
    ecdf: ecdfOf(ascending),
    lines: {
      ...latencyLines(latency, evidence, null),
      throughput: known(latency === null ? null : baseline.goodputPerSecond, evidence, offered(baseline)),
      offline: known(0, 'given', 'needs the network'),
      bytesSent: known(baseline.requestBytes, 'measured'),
      memory: known(baseline.serverMemoryBytes, 'measured', 'of the server'),
      energy: unknown,
      appSize: known(0, 'given', 'no model in the app'),
      accuracy: known(baseline.accuracy ?? input.accuracy?.original, 'measured'),
      pricePerThousand: known(baseline.endpoint.pricePerThousand, 'given', 'your price'),
    },
    cautions,
  };
  return { target, ascending };
}

/** The baseline's median without what its network added, as far as that is known. */
export function networkModelOf(baseline: BaselineFacts, p50Ns: number): NetworkModel {
  const { network, requestBytes, responseBytes, split, endpoint } = baseline;
  const addedNs =
    network.rttMs * 1e6 +
    transferNs(requestBytes, network.upKbps) +
    transferNs(responseBytes, network.downKbps);
  // A server elsewhere is reached over a real network too: a connection is set up in one of its round trips.
  const realRttNs = endpoint.embedded ? 0 : (split.connectNs ?? 0);
  return {
    baseP50Ns: Math.max(0, p50Ns - addedNs - realRttNs),
    requestBytes,
    responseBytes,
    rttMs: network.rttMs + realRttNs / 1e6,
    upKbps: network.upKbps,
    downKbps: network.downKbps,
  };
}

function pairOf(edge: Measured, cloud: Measured, baseline: BaselineFacts): Pair | undefined {
  const edgeP50 = edge.target.latency?.p50Ns ?? null;
  const cloudP50 = cloud.target.latency?.p50Ns ?? null;
  if (edgeP50 === null || cloudP50 === null) return undefined;
  const model = networkModelOf(baseline, cloudP50);
  const trusted = baseline.errorRate <= MAXIMUM_ERROR_RATE;
  // A runner that tells statistics only has none.
  const hasSamples = edge.ascending.length > 0 && cloud.ascending.length > 0;
  return {
    edgeId: edge.target.id,
    cloudId: cloud.target.id,
    probabilityEdgeFaster: trusted && hasSamples ? probabilitySmaller(edge.ascending, cloud.ascending) : null,
    edgeGainNs: trusted ? cloudP50 - edgeP50 : null,
    model,
    breakEvenRttMs: breakEvenRttMs(edgeP50, model),
    breakEvenKbps: breakEvenKbps(edgeP50, model),
  };
}

/** Runs of one model on devices beside its cloud baselines, line by line; each line says where it comes from. */
export function compareEdgeWithCloud(input: EdgeCloudInput): EdgeCloudComparison {
  const edges = input.runs.map((run) => edgeTarget(run, input));
  const clouds = input.baselines.map((given) => ({
    baseline: given.baseline,
    measured: cloudTarget(given, input),
  }));
  const pairs = edges.flatMap((edge) =>
    clouds.flatMap(({ baseline, measured }) => pairOf(edge, measured, baseline) ?? []),
  );
  const targets = [...edges.map(({ target }) => target), ...clouds.map(({ measured }) => measured.target)];
  return {
    modelHash: input.model.hash,
    modelName: input.model.name,
    targets,
    pairs,
    summary: summarize(targets, pairs, input.accuracy?.original),
  };
}

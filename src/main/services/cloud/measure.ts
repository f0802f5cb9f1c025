import { AppError, isAppError } from '@shared/error/app-error';
import type { CloudBaseline, CloudSplit, Endpoint, Load, NetworkProfile } from '@shared/model/cloud';
import type { NamedTensors } from '@shared/model/tensor';
import { summarizeLatency } from '@shared/statistics/latency-summary';
import { percentileOfSorted, sorted } from '@shared/statistics/percentile';
import type { PreciseClock } from '@main/ports/precise-clock';
import type { StartDelayingProxy } from '@main/ports/delaying-proxy';
import type { HttpClient, HttpConnections } from '@main/ports/http-client';
import { ADAPTERS, type CloudAdapter, type ServerTotals } from './adapter';
import { arrivalGaps } from './arrivals';
import { attempt, type Attempt, type PreparedSample } from './attempt';
import { placeOf } from './endpoint-url';
import { redacted, redactedError, secretHeaders, SECRET_PLACE, type PlanSecret } from './secret';
import { isStable } from './stability';
import { measureWindow, type MeasuredWindow } from './window';

/** Replies larger than this are errors; a model's answer is far below. */
const MAX_REPLY_BYTES = 64 * 2 ** 20;

export interface CloudPorts {
  readonly http: HttpClient;
  readonly clock: PreciseClock;
  readonly startProxy: StartDelayingProxy;
}

export interface CloudPlan {
  readonly id: string;
  readonly startedAt: string;
  readonly appVersion: string;
  readonly model: { readonly hash: string; readonly name: string };
  readonly endpoint: Endpoint;
  readonly network: NetworkProfile;
  readonly load: Load;
  /** Inputs as the model takes them (batch axis included), and what the original answers. Sent in turn. */
  readonly samples: readonly { readonly inputs: NamedTensors; readonly expected: NamedTensors }[];
  /** Largest difference from the expected outputs that counts as the same answer. */
  readonly tolerance: number;
  /** Added to every request; never stored, never in an error. */
  readonly secret?: PlanSecret;
  readonly onWindow?: (window: number, of: number) => void;
  readonly signal?: AbortSignal | undefined;
}

const median = (values: readonly number[]): number | undefined =>
  values.length === 0 ? undefined : Math.max(0, percentileOfSorted(sorted(values), 50));

/** Requests of all samples, serialised before any clock runs; and how long one took. */
function prepare(
  plan: CloudPlan,
  adapter: CloudAdapter,
  clock: PreciseClock,
): { samples: PreparedSample[]; serializeNs: number } {
  const { prefix } = placeOf(plan.endpoint);
  const startNs = clock.nowNs();
  const samples = plan.samples.map(({ inputs, expected }) => {
    const call = adapter.inferCall(plan.endpoint, inputs);
    const path = call.path.replaceAll(SECRET_PLACE, encodeURIComponent(plan.secret?.value ?? ''));
    return { call: { ...call, path: prefix + path }, expected };
  });
  return { samples, serializeNs: (clock.nowNs() - startNs) / samples.length };
}

/** Whether the template puts the secret into the address instead of a header. */
const hasSecretPath = (plan: CloudPlan): boolean =>
  plan.endpoint.template?.path.includes(SECRET_PLACE) === true;

/** One request before the measurement: a server that is wrong or away is told at once, as an AppError. */
async function tryOnce(send: () => Promise<Attempt>, endpoint: Endpoint): Promise<void> {
  const first = await send();
  if (first.ok) return;
  if (isAppError(first.error)) throw first.error;
  const code = first.kind === 'wrong-answer' ? 'cloud.bad-reply' : 'cloud.unreachable';
  throw new AppError(
    code,
    `The endpoint "${endpoint.title}" refused a request (${String(first.error)}). Check its address, model name and credentials.`,
    {
      details: { kind: first.kind },
    },
  );
}

async function totals(
  connections: HttpConnections,
  adapter: CloudAdapter,
  plan: CloudPlan,
): Promise<ServerTotals | undefined> {
  if (adapter.statistics === undefined) return undefined;
  const { prefix } = placeOf(plan.endpoint);
  const call = adapter.statistics.call(plan.endpoint);
  try {
    return adapter.statistics.read(await connections.send({ ...call, path: prefix + call.path }));
  } catch {
    // Statistics are an extension; without them the split stays unknown.
    return undefined;
  }
}

async function describe(
  connections: HttpConnections,
  adapter: CloudAdapter,
  plan: CloudPlan,
): Promise<string | undefined> {
  if (adapter.describe === undefined) return undefined;
  const { prefix } = placeOf(plan.endpoint);
  const call = adapter.describe.call(plan.endpoint);
  try {
    return adapter.describe.read(await connections.send({ ...call, path: prefix + call.path }));
  } catch {
    return undefined;
  }
}

function splitOf(
  windows: readonly MeasuredWindow[],
  serializeNs: number,
  p50Ns: number | undefined,
  before?: ServerTotals,
  after?: ServerTotals,
): CloudSplit {
  const part = (of: (window: MeasuredWindow) => readonly number[]) => median(windows.flatMap(of));
  const answered = before === undefined || after === undefined ? 0 : after.count - before.count;
  const perRequest = (of: (total: ServerTotals) => number) =>
    answered > 0 ? (of(after!) - of(before!)) / answered : undefined;
  const queueNs = perRequest((total) => total.queueNs);
  const computeNs = perRequest((total) => total.computeNs);
  const known: Record<keyof CloudSplit, number | undefined> = {
    clientNs: part((window) => window.parts.clientNs),
    connectNs: part((window) => window.parts.connectNs),
    tlsNs: part((window) => window.parts.tlsNs),
    uploadNs: part((window) => window.parts.uploadNs),
    queueNs,
    computeNs,
    downloadNs: part((window) => window.parts.downloadNs),
    networkNs:
      p50Ns === undefined || queueNs === undefined || computeNs === undefined
        ? undefined
        : Math.max(0, p50Ns - queueNs - computeNs),
    serializeNs,
  };
  return Object.fromEntries(Object.entries(known).filter(([, ns]) => ns !== undefined));
}

const failures = (window: MeasuredWindow): number =>
  Object.values(window.errors).reduce((total, count) => total + count, 0) + window.dropped;

const sum = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((total, item) => total + of(item), 0);

interface Series {
  readonly windows: readonly MeasuredWindow[];
  readonly status: CloudBaseline['status'];
  readonly reason?: string;
}

async function measureSeries(
  plan: CloudPlan,
  clock: PreciseClock,
  send: () => Promise<Attempt>,
): Promise<Series> {
  const windows: MeasuredWindow[] = [];
  const gap = arrivalGaps(plan.load);
  const { maxWindows } = plan.load;
  while (windows.length < maxWindows) {
    plan.onWindow?.(windows.length + 1, maxWindows);
    const window = await measureWindow({ clock, load: plan.load, send, signal: plan.signal }, gap);
    windows.push(window);
    if (plan.signal?.aborted === true) return { windows, status: 'interrupted', reason: 'Cancelled.' };
    if (isStable(windows)) return { windows, status: 'stable' };
    if (windows.length >= 3 && windows.slice(-3).every((one) => one.answered === 0)) {
      return { windows, status: 'failed', reason: 'No right answer in three windows.' };
    }
  }
  return {
    windows,
    status: 'unstable',
    reason: `The last 3 of ${maxWindows} windows differ by more than 10 %.`,
  };
}

function baselineOf(
  plan: CloudPlan,
  series: Series,
  prepared: { samples: PreparedSample[]; serializeNs: number },
  server: { before?: ServerTotals | undefined; after?: ServerTotals | undefined; title?: string | undefined },
): CloudBaseline {
  const counted = series.status === 'stable' ? series.windows.slice(-3) : series.windows;
  const samplesNs = counted.flatMap((window) => window.samplesNs);
  const measured = series.status === 'stable' || series.status === 'unstable';
  const latency = measured ? (summarizeLatency(samplesNs, 1) ?? null) : null;
  const scheduled = sum(counted, (window) => window.scheduled);
  const answers = sum(series.windows, (window) => window.answered);
  return {
    id: plan.id,
    modelHash: plan.model.hash,
    modelName: plan.model.name,
    startedAt: plan.startedAt,
    status: series.status,
    ...(series.reason === undefined ? {} : { reason: series.reason }),
    endpoint: plan.endpoint,
    network: plan.network,
    load: plan.load,
    windows: series.windows.map(
      ({ parts: _parts, maxAbs: _maxAbs, responseBytes: _bytes, ...window }) => window,
    ),
    latency,
    split: splitOf(counted, prepared.serializeNs, latency?.p50Ns ?? undefined, server.before, server.after),
    requestBytes: Math.round(
      sum(prepared.samples, ({ call }) => call.body?.length ?? 0) / prepared.samples.length,
    ),
    responseBytes: Math.max(0, ...series.windows.map((window) => window.responseBytes)),
    errorRate: scheduled === 0 ? 0 : Math.min(1, sum(counted, failures) / scheduled),
    goodputPerSecond:
      samplesNs.length === 0 ? 0 : samplesNs.length / (sum(counted, (window) => window.durationNs) / 1e9),
    ...(server.title === undefined ? {} : { server: redacted(server.title, plan.secret) }),
    check: {
      answers,
      maxAbs: answers === 0 ? null : Math.max(...series.windows.map((window) => window.maxAbs)),
      tolerance: plan.tolerance,
    },
    appVersion: plan.appVersion,
  };
}

/**
 * Measures an endpoint under a load and a network. AppErrors `usage.wrong`, `cloud.unreachable` and `cloud.bad-reply` before
 * anything was measured; afterwards failures are counted in the baseline. A cancelled one comes back as `interrupted`.
 */
export async function measureCloud(ports: CloudPorts, plan: CloudPlan): Promise<CloudBaseline> {
  if (plan.samples.length === 0)
    throw new AppError('data.invalid', 'There is no sample to send to the server.');
  const adapter = ADAPTERS[plan.endpoint.protocol];
  const place = placeOf(plan.endpoint);
  const prepared = prepare(plan, adapter, ports.clock);
  const proxy =
    plan.network.name === 'none'
      ? undefined
      : await ports.startProxy(plan.network, { host: place.host, port: place.port }, plan.load.seed);
  const connections = ports.http.connect(place.url, {
    connections: plan.load.concurrency,
    timeoutMs: plan.load.timeoutMs,
    maxBytes: MAX_REPLY_BYTES,
    ...(proxy === undefined ? {} : { connectTo: { host: '127.0.0.1', port: proxy.port } }),
    ...(plan.endpoint.pinnedCertificate === undefined
      ? {}
      : { pinnedCertificate: plan.endpoint.pinnedCertificate }),
    ...(plan.secret === undefined || hasSecretPath(plan)
      ? {}
      : { secretHeaders: secretHeaders(plan.secret) }),
  });
  let next = 0;
  const send = (): Promise<Attempt> => {
    const sample = prepared.samples[next % prepared.samples.length]!;
    next += 1;
    return attempt(connections, adapter, plan.endpoint, sample, plan.tolerance);
  };
  try {
    plan.signal?.throwIfAborted();
    await tryOnce(send, plan.endpoint);
    const title = await describe(connections, adapter, plan);
    const before = await totals(connections, adapter, plan);
    const series = await measureSeries(plan, ports.clock, send);
    const after = await totals(connections, adapter, plan);
    return baselineOf(plan, series, prepared, { before, after, title });
  } catch (error) {
    throw redactedError(error, plan.secret);
  } finally {
    connections.close();
    await proxy?.close();
  }
}

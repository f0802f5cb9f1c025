import { randomUUID } from 'node:crypto';
import { AppError } from '@shared/error/app-error';
import type { CloudInput } from '@shared/api/jobs';
import type { CloudBaseline, Endpoint, Load, NetworkProfile } from '@shared/model/cloud';
import type { ModelInfo } from '@shared/model/model';
import type { NamedTensors, Signature } from '@shared/model/tensor';
import { measureCloud, NETWORK_PROFILES, type CloudPlan } from '../services/cloud';
import { openArrayDataSet, randomDataSet, sampleOf } from '../services/data';
import type { JobContext } from './jobs';
import type { FlowTools } from './tools';

const SAMPLES = 16;
/** A server on this machine is asked no more often than this, and at half of what it can do. */
const [MAX_RATE, LOAD_SHARE] = [50, 0.5];
const TIMEOUT_MS = 30_000;
/** Answers may differ from the expected by this share of the outputs' range: kernels round differently. */
const TOLERANCE = 1e-3;

export interface CloudRequest {
  readonly model: ModelInfo;
  readonly dataPath: string | undefined;
  /** Names of network profiles to measure under, one baseline each. */
  readonly networks: readonly string[];
  readonly windowMs: number;
  readonly maxWindows: number;
  readonly ratePerSecond?: number | undefined;
  readonly closedLoop?: boolean | undefined;
  /** A server that has the model already; it is served here when left out. */
  readonly remote?:
    { readonly url: string; readonly protocol: 'tf-serving' | 'oip-v2'; readonly name: string } | undefined;
}

type Sample = CloudPlan['samples'][number];

/** Serves the original here (or asks a server that has it), measures it under each network and stores the baselines. */
export async function measureCloudFlow(
  request: CloudRequest,
  tools: FlowTools,
  job: JobContext,
): Promise<CloudBaseline[]> {
  const { model } = request;
  const networks = request.networks.map(networkNamed);
  const signature = signatureOf(model);
  job.progress({ stage: 'cloud', message: 'Asking the original for the expected answers' });
  const samples = await expectedAnswers(request, signature, tools, job);
  const server = request.remote
    ? undefined
    : await tools.servers.start(
        { modelPath: model.path, format: model.format, name: 'model', signature },
        undefined,
        job.signal,
      );
  try {
    const endpoint = endpointOf(request, server);
    const measure = (network: NetworkProfile, load: Load, title: string): Promise<CloudBaseline> =>
      measureCloud(tools.cloudPorts, {
        id: randomUUID(),
        startedAt: new Date().toISOString(),
        appVersion: tools.appVersion,
        model: { hash: model.id, name: model.name },
        endpoint,
        network,
        load,
        samples,
        tolerance: toleranceOf(samples),
        onWindow: (window, of) =>
          job.progress({
            stage: `cloud ${network.name}`,
            message: `Measuring the cloud baseline ${title}: window ${window} of at most ${of}`,
            fraction: (window - 1) / of,
          }),
        signal: job.signal,
      });
    const rate = request.ratePerSecond ?? (await affordableRate(measure, networkNamed('none')));
    const baselines: CloudBaseline[] = [];
    for (const network of networks) {
      const title = network.name === 'none' ? 'on this machine' : `over simulated ${network.name}`;
      const load: Load = {
        kind: request.closedLoop ? 'closed' : 'poisson',
        ratePerSecond: rate,
        concurrency: 32,
        windowMs: request.windowMs,
        windowRequests: 30,
        maxWindows: request.maxWindows,
        timeoutMs: TIMEOUT_MS,
        seed: 1,
      };
      const baseline = await measure(network, load, title);
      await tools.store.baselines.save(baseline);
      job.log(
        `Cloud baseline ${title}: ${baseline.status}${baseline.reason === undefined ? '' : ` (${baseline.reason})`}`,
      );
      baselines.push(baseline);
    }
    return baselines;
  } finally {
    server?.stop();
  }
}

export function networkNamed(name: string): NetworkProfile {
  const profile = NETWORK_PROFILES.find((candidate) => candidate.name === name);
  if (profile) return profile;
  throw new AppError(
    'usage.wrong',
    `There is no network profile '${name}'. Profiles: ${NETWORK_PROFILES.map((candidate) => candidate.name).join(', ')}.`,
  );
}

function signatureOf(model: ModelInfo): Signature {
  const signature = model.signatures.find(({ key }) => key === model.defaultSignature) ?? model.signatures[0];
  if (!signature) throw new AppError('model.unsupported', `${model.name} has no signature to serve.`);
  return signature;
}

async function expectedAnswers(
  request: CloudRequest,
  signature: Signature,
  tools: FlowTools,
  job: JobContext,
): Promise<Sample[]> {
  const data =
    request.dataPath === undefined
      ? randomDataSet(signature.inputs, SAMPLES)
      : await openArrayDataSet(request.dataPath, signature.inputs);
  try {
    const count = Math.min(SAMPLES, data.count);
    const inputs = await data.slice(0, count);
    const { outputs } = await tools.original.run(
      { modelPath: request.model.path, format: request.model.format, signature: signature.key, inputs },
      job.signal,
    );
    const pick = (tensors: NamedTensors, i: number): NamedTensors =>
      Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, sampleOf(tensor, i)]));
    return Array.from({ length: count }, (_, i) => ({ inputs: pick(inputs, i), expected: pick(outputs, i) }));
  } finally {
    await data.close();
  }
}

function endpointOf(
  request: CloudRequest,
  server: { readonly url: string; readonly name: string; readonly framework: string } | undefined,
): Endpoint {
  const common = { binary: false, embedded: server !== undefined };
  if (server)
    return {
      ...common,
      title: 'This computer as the server',
      protocol: 'oip-v2',
      url: server.url,
      model: server.name,
    };
  const { remote } = request;
  if (!remote) throw new Error('there is neither a server of ours nor a remote one');
  return {
    ...common,
    title: new URL(remote.url).host,
    protocol: remote.protocol,
    url: remote.url,
    model: remote.name,
  };
}

const toleranceOf = (samples: readonly Sample[]): number => {
  let [most, least] = [-Infinity, Infinity];
  for (const { expected } of samples)
    for (const tensor of Object.values(expected))
      for (const value of tensor.data) {
        most = Math.max(most, Number(value));
        least = Math.min(least, Number(value));
      }
  return Math.max(1e-5, TOLERANCE * (most > least ? most - least : 1));
};

/** Half of what the server does one request after the other: an open loop above its capacity would only measure a queue. */
async function affordableRate(
  measure: (network: NetworkProfile, load: Load, title: string) => Promise<CloudBaseline>,
  network: NetworkProfile,
): Promise<number> {
  const probe = await measure(
    network,
    {
      kind: 'closed',
      ratePerSecond: MAX_RATE,
      concurrency: 1,
      windowMs: 300,
      windowRequests: 5,
      maxWindows: 1,
      timeoutMs: TIMEOUT_MS,
      seed: 1,
    },
    'on this machine (trying its speed)',
  );
  return Math.max(0.2, Math.min(MAX_RATE, probe.goodputPerSecond * LOAD_SHARE));
}

/** What the command line and the workbench ask: a model of the user's, or one that a server has. */
export function cloudRequest(input: CloudInput, model: ModelInfo): CloudRequest {
  return {
    model,
    dataPath: input.data,
    networks: [input.network ?? 'none'],
    windowMs: (input.seconds ?? 2) * 1000,
    maxWindows: 10,
    ratePerSecond: input.requestsPerSecond,
    closedLoop: input.closedLoop,
    ...(input.url === undefined
      ? {}
      : {
          remote: {
            url: input.url,
            protocol: input.protocol ?? 'tf-serving',
            name: input.servedName ?? model.name,
          },
        }),
  };
}

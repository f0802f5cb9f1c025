import { randomUUID } from 'node:crypto';
import type { CloudBaseline, Endpoint, Load, NetworkProfile } from '@shared/model/cloud';
import type { NamedTensors } from '@shared/model/tensor';
import type { EmbeddedServer } from '@main/ports/embedded-server';
import type { CloudPlan } from '../services/cloud';
import { openDataSet, randomDataSet, sampleOf } from '../services/data';
import { AFFORDABLE, endpointAt, networkNamed, type CloudRequest } from './cloud-plan';
import type { JobContext } from './jobs';
import type { FlowTools } from './tools';

const SAMPLES = 16;
/** A server is asked no more often than this unless the user says so, and at half of what it can do. */
const [MAX_RATE, LOAD_SHARE] = [50, 0.5];
/** Answers may differ from the expected by this share of the outputs' range: kernels round differently. */
const TOLERANCE = 1e-3;

type Sample = CloudPlan['samples'][number];

/** Serves the original here (or asks a server that has it), measures it under each network and load, stores the baselines. */
export async function measureCloudFlow(
  request: CloudRequest,
  tools: FlowTools,
  job: JobContext,
): Promise<CloudBaseline[]> {
  const { model, signature } = request;
  const secret = await secretOf(request, tools);
  job.progress({ stage: 'cloud', message: 'Asking the original for the expected answers' });
  const samples = await expectedAnswers(request, tools, job);
  const server = request.endpoint.embedded
    ? await tools.servers.start(
        { modelPath: model.path, format: model.format, name: request.endpoint.model, signature },
        undefined,
        job.signal,
      )
    : undefined;
  try {
    const endpoint = endpointAt(request, server);
    const measure = (network: NetworkProfile, load: Load, title: string): Promise<CloudBaseline> =>
      tools.measureCloud({
        id: randomUUID(),
        startedAt: new Date().toISOString(),
        appVersion: tools.appVersion,
        model: { hash: model.id, name: model.name },
        endpoint,
        network,
        load,
        samples,
        tolerance: toleranceOf(samples),
        ...(secret === undefined ? {} : { secret }),
        onWindow: (window, of) =>
          job.progress({
            stage: `cloud ${title}`,
            message: `Measuring the cloud baseline ${title}: window ${window} of at most ${of}`,
            fraction: (window - 1) / of,
          }),
        signal: job.signal,
      });
    return await measureAll(request, endpoint, measure, server, tools, job);
  } finally {
    server?.stop();
  }
}

type Measure = (network: NetworkProfile, load: Load, title: string) => Promise<CloudBaseline>;

async function measureAll(
  request: CloudRequest,
  endpoint: Endpoint,
  measure: Measure,
  server: EmbeddedServer | undefined,
  tools: FlowTools,
  job: JobContext,
): Promise<CloudBaseline[]> {
  const { networks, loads } = request;
  const sweep = loads.length > 1 ? { sweepId: randomUUID() } : {};
  const baselines: CloudBaseline[] = [];
  let affordable: number | undefined;
  for (const network of networks)
    for (const asked of loads) {
      const needsRate = asked.kind !== 'closed' && asked.ratePerSecond === AFFORDABLE;
      if (needsRate) affordable ??= await affordableRate(measure, asked, endpoint);
      const load = { ...asked, ratePerSecond: asked.ratePerSecond || affordable || MAX_RATE };
      const title = titleOf(endpoint, network, loads.length > 1 ? load : undefined);
      const measured = await measure(network, load, title);
      // Its peak until now: loading, and every load before this one.
      const serverMemoryBytes = await server?.peakMemoryBytes();
      const memory = serverMemoryBytes === undefined ? {} : { serverMemoryBytes };
      const baseline = { ...measured, ...memory, ...sweep };
      await tools.store.baselines.save(baseline);
      job.log(
        `Cloud baseline ${title}: ${baseline.status}${baseline.reason === undefined ? '' : ` (${baseline.reason})`}`,
      );
      baselines.push(baseline);
      job.note({ baselineIds: baselines.map(({ id }) => id) });
    }
  return baselines;
}

function titleOf(endpoint: Endpoint, network: NetworkProfile, load: Load | undefined): string {
  const place = endpoint.embedded ? 'on this machine' : `at ${endpoint.title}`;
  const over = network.name === 'none' ? '' : ` over simulated ${network.name}`;
  if (load === undefined) return place + over;
  const pace = load.kind === 'closed' ? `${load.concurrency} clients` : `${load.ratePerSecond} requests/s`;
  return `${place}${over} with ${pace}`;
}

async function secretOf(request: CloudRequest, tools: FlowTools): Promise<CloudPlan['secret']> {
  const { secretName, secretHeader, url } = request.endpoint;
  if (secretName === undefined || url === undefined) return undefined;
  const value = await tools.secrets.get(secretName, new URL(url).origin);
  return { header: secretHeader ?? 'authorization', value };
}

async function expectedAnswers(
  { model, signature, dataPath }: CloudRequest,
  tools: FlowTools,
  job: JobContext,
): Promise<Sample[]> {
  const data =
    dataPath === undefined
      ? randomDataSet(signature.inputs, SAMPLES)
      : await openDataSet(dataPath, signature.inputs);
  try {
    const count = Math.min(SAMPLES, data.count);
    const inputs = await data.slice(0, count);
    const { outputs } = await tools.original.run(
      { modelPath: model.path, format: model.format, signature: signature.key, inputs },
      job.signal,
    );
    const pick = (tensors: NamedTensors, i: number): NamedTensors =>
      Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, sampleOf(tensor, i)]));
    return Array.from({ length: count }, (_, i) => ({ inputs: pick(inputs, i), expected: pick(outputs, i) }));
  } finally {
    await data.close();
  }
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
async function affordableRate(measure: Measure, load: Load, endpoint: Endpoint): Promise<number> {
  const network = networkNamed('none');
  const probe = await measure(
    network,
    {
      ...load,
      kind: 'closed',
      ratePerSecond: MAX_RATE,
      concurrency: 1,
      windowMs: 300,
      windowRequests: 5,
      maxWindows: 1,
    },
    `${titleOf(endpoint, network, undefined)} (trying its speed)`,
  );
  return Math.max(0.2, Math.min(MAX_RATE, probe.goodputPerSecond * LOAD_SHARE));
}

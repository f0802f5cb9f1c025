import { AppError } from '@shared/error/app-error';
import type { CloudInput } from '@shared/api/jobs';
import type { Endpoint, Load, NetworkProfile } from '@shared/model/cloud';
import type { ModelInfo } from '@shared/model/model';
import type { Signature } from '@shared/model/tensor';
import type { EmbeddedServer } from '@main/ports/embedded-server';
import { NETWORK_PROFILES } from '../services/cloud';

const TIMEOUT_MS = 30_000;
const CONCURRENCY = 32;
const WINDOW_MS = 2000;

/** Everything about a measurement that the user decides. */
export interface CloudRequest {
  readonly model: ModelInfo;
  readonly signature: Signature;
  readonly dataPath: string | undefined;
  /** Networks to measure under, one baseline each. */
  readonly networks: readonly NetworkProfile[];
  /** Loads to measure with, one baseline each; the rate 0 stands for "half of what the server can do". */
  readonly loads: readonly Load[];
  /** The endpoint as far as it is known before a server of ours has started. */
  readonly endpoint: Omit<Endpoint, 'url'> & { readonly url: string | undefined };
}

/** A rate to be found out: half of what the server can do. */
export const AFFORDABLE = 0;

export function networkNamed(name: string): NetworkProfile {
  const profile = NETWORK_PROFILES.find((candidate) => candidate.name === name);
  if (profile) return profile;
  throw new AppError(
    'usage.wrong',
    `There is no network profile '${name}'. Profiles: ${NETWORK_PROFILES.map((candidate) => candidate.name).join(', ')}.`,
  );
}

/** The network that is asked for; undefined for none. */
export function networkOf(asked: {
  readonly network?: string | undefined;
  readonly customNetwork?: Omit<NetworkProfile, 'name'> | undefined;
}): NetworkProfile | undefined {
  if (asked.customNetwork !== undefined) return { name: 'custom', ...asked.customNetwork };
  const network = networkNamed(asked.network ?? 'none');
  return network.name === 'none' ? undefined : network;
}

export function signatureOf(model: ModelInfo, key: string | undefined): Signature {
  const signature =
    model.signatures.find((candidate) => candidate.key === (key ?? model.defaultSignature)) ??
    (key === undefined ? model.signatures[0] : undefined);
  if (signature) return signature;
  const known = model.signatures.map((candidate) => candidate.key).join(', ');
  throw new AppError(
    key === undefined ? 'model.unsupported' : 'usage.wrong',
    `${model.name} has no signature ${key === undefined ? 'to serve' : `'${key}'. It has: ${known || 'none'}`}.`,
  );
}

/** What to ask for when only a network and a length are chosen: the original, served here. */
export function embeddedRequest(
  model: ModelInfo,
  dataPath: string | undefined,
  networks: readonly string[],
  window: { readonly windowMs: number; readonly maxWindows: number },
): CloudRequest {
  return {
    model,
    signature: signatureOf(model, undefined),
    dataPath,
    networks: networks.map(networkNamed),
    loads: [{ ...BASE_LOAD, ...window }],
    endpoint: {
      title: 'This computer as the server',
      protocol: 'oip-v2',
      url: undefined,
      model: 'model',
      binary: false,
      embedded: true,
    },
  };
}

const BASE_LOAD: Load = {
  kind: 'poisson',
  ratePerSecond: AFFORDABLE,
  concurrency: CONCURRENCY,
  windowMs: WINDOW_MS,
  windowRequests: 30,
  maxWindows: 10,
  timeoutMs: TIMEOUT_MS,
  seed: 1,
};

function loadsOf(input: CloudInput): Load[] {
  const kind = input.closedLoop || input.concurrencies ? 'closed' : (input.arrivals ?? 'poisson');
  const base: Load = {
    ...BASE_LOAD,
    kind,
    concurrency: input.concurrency ?? (kind === 'closed' ? 1 : CONCURRENCY),
    ratePerSecond: input.requestsPerSecond ?? AFFORDABLE,
    windowMs: input.seconds === undefined ? WINDOW_MS : input.seconds * 1000,
    timeoutMs: input.timeoutSeconds === undefined ? TIMEOUT_MS : input.timeoutSeconds * 1000,
  };
  if (input.rates && input.concurrencies)
    throw new AppError('usage.wrong', 'Sweep over rates or over clients, not over both at once.');
  if (input.rates) {
    if (kind === 'closed') throw new AppError('usage.wrong', 'A closed loop has no rate to sweep over.');
    return input.rates.map((ratePerSecond) => ({ ...base, ratePerSecond }));
  }
  return input.concurrencies?.map((concurrency) => ({ ...base, concurrency })) ?? [base];
}

function endpointOf(input: CloudInput, model: ModelInfo): CloudRequest['endpoint'] {
  const isHere = input.url === undefined;
  const protocol = input.protocol ?? (isHere ? 'oip-v2' : 'tf-serving');
  if (protocol === 'http' && (isHere || input.template === undefined))
    throw new AppError(
      'usage.wrong',
      'The protocol "http" needs the address of a server and a template file: --url ADDRESS --template FILE.',
    );
  if (input.binary && protocol !== 'oip-v2')
    throw new AppError(
      'usage.wrong',
      'Binary tensors belong to the Open Inference Protocol: --protocol oip-v2.',
    );
  if (isHere && input.secret !== undefined)
    throw new AppError('usage.wrong', 'A secret needs the server that it is for: --url ADDRESS.');
  return {
    title: input.url === undefined ? 'This computer as the server' : new URL(input.url).host,
    protocol,
    url: input.url,
    model: isHere ? 'model' : (input.servedName ?? model.name),
    binary: input.binary ?? false,
    embedded: isHere,
    ...optional({
      version: input.servedVersion,
      signature: input.signature,
      template: protocol === 'http' ? input.template : undefined,
      secretName: input.secret,
      secretHeader: input.secretHeader,
      pinnedCertificate: input.pinnedCertificate,
      pricePerThousand: input.pricePerThousand,
    }),
  };
}

function optional<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}

/** What the command line and the workbench ask, checked: AppError `usage.wrong` for what does not go together. */
export function cloudRequest(input: CloudInput, model: ModelInfo): CloudRequest {
  return {
    model,
    signature: signatureOf(model, input.signature),
    dataPath: input.data,
    networks: [networkOf(input) ?? networkNamed('none')],
    loads: loadsOf(input),
    endpoint: endpointOf(input, model),
  };
}

/** The endpoint with the address of the server that was started for it. */
export function endpointAt(request: CloudRequest, server: EmbeddedServer | undefined): Endpoint {
  const url = server?.url ?? request.endpoint.url;
  if (url === undefined) throw new Error('there is neither a server of ours nor a remote one');
  return { ...request.endpoint, url, ...(server ? { framework: server.framework } : {}) };
}

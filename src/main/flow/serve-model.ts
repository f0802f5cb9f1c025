import { randomUUID } from 'node:crypto';
import type { ServedModel } from '@shared/api/cloud';
import { exampleRequests } from '@shared/cloud/example-request';
import type { NetworkProfile } from '@shared/model/cloud';
import { AppError } from '@shared/error/app-error';
import type { ModelInfo } from '@shared/model/model';
import type { EmbeddedServer } from '@main/ports/embedded-server';
import type { DelayingProxy } from '@main/ports/delaying-proxy';
import { networkOf, signatureOf } from './cloud-plan';
import type { FlowTools } from './tools';

/** Servers that ended by themselves are told about until there are this many. */
const MAX_ENDED = 20;
/** Of a served network's jitter and losses. */
const SEED = 1;

interface Entry {
  served: ServedModel;
  readonly server: EmbeddedServer;
}

/** Originals that are served on this machine because the user asked for it; they end with the engine. */
export class ServedModels {
  readonly #tools: FlowTools;
  readonly #entries = new Map<string, Entry>();
  readonly #proxies = new WeakMap<EmbeddedServer, DelayingProxy>();

  constructor(tools: FlowTools) {
    this.#tools = tools;
  }

  async start(
    model: ModelInfo,
    options: {
      readonly name?: string | undefined;
      readonly signature?: string | undefined;
      readonly port?: number | undefined;
      readonly network?: string | undefined;
      readonly customNetwork?: Omit<NetworkProfile, 'name'> | undefined;
    },
    signal: AbortSignal,
  ): Promise<ServedModel> {
    const id = randomUUID();
    const signature = signatureOf(model, options.signature);
    const network = networkOf(options);
    let endedEarly: string | undefined;
    const server = await this.#tools.servers.start(
      {
        modelPath: model.path,
        format: model.format,
        name: options.name ?? model.name,
        signature,
        port: options.port,
      },
      (reason) => {
        endedEarly = reason;
        this.#ended(id, reason);
      },
      signal,
    );
    const url = network === undefined ? server.url : await this.#through(network, server);
    const served: ServedModel = {
      id,
      modelId: model.id,
      modelName: model.name,
      url,
      name: server.name,
      framework: server.framework,
      examples: exampleRequests(url, server.name, signature),
      ...(network === undefined ? {} : { network }),
      state: 'serving',
    };
    this.#entries.set(id, { served, server });
    if (endedEarly !== undefined) this.#ended(id, endedEarly);
    return this.#entries.get(id)?.served ?? served;
  }

  /** The address of a proxy that puts a network in front of a server; it ends with the server. */
  async #through(network: NetworkProfile, server: EmbeddedServer): Promise<string> {
    try {
      const { hostname, port } = new URL(server.url);
      const proxy = await this.#tools.startProxy(network, { host: hostname, port: Number(port) }, SEED);
      this.#proxies.set(server, proxy);
      return `http://127.0.0.1:${proxy.port}`;
    } catch (error) {
      server.stop();
      throw error;
    }
  }

  #stopServer(server: EmbeddedServer): void {
    server.stop();
    void this.#proxies.get(server)?.close();
  }

  stop(id: string): void {
    const entry = this.#entries.get(id);
    if (!entry)
      throw new AppError('job.not-found', `No model is served under ${id}; it may have ended already.`);
    this.#stopServer(entry.server);
    this.#entries.delete(id);
  }

  /** Newest first. */
  list(): ServedModel[] {
    return Array.from(this.#entries.values(), ({ served }) => served).reverse();
  }

  close(): void {
    for (const { server } of this.#entries.values()) this.#stopServer(server);
    this.#entries.clear();
  }

  #ended(id: string, reason: string): void {
    const entry = this.#entries.get(id);
    if (!entry) return;
    entry.served = { ...entry.served, state: 'ended', reason };
    void this.#proxies.get(entry.server)?.close();
    const ended = [...this.#entries].filter(([, { served }]) => served.state === 'ended');
    for (const [old] of ended.slice(0, Math.max(0, ended.length - MAX_ENDED))) this.#entries.delete(old);
  }
}

import { randomUUID } from 'node:crypto';
import type { ServedModel } from '@shared/api/cloud';
import { exampleRequests } from '@shared/cloud/example-request';
import { AppError } from '@shared/error/app-error';
import type { ModelInfo } from '@shared/model/model';
import type { EmbeddedServer } from '@main/ports/embedded-server';
import { signatureOf } from './cloud-plan';
import type { FlowTools } from './tools';

/** Servers that ended by themselves are told about until there are this many. */
const MAX_ENDED = 20;

interface Entry {
  served: ServedModel;
  readonly server: EmbeddedServer;
}

/** Originals that are served on this machine because the user asked for it; they end with the engine. */
export class ServedModels {
  readonly #tools: FlowTools;
  readonly #entries = new Map<string, Entry>();

  constructor(tools: FlowTools) {
    this.#tools = tools;
  }

  async start(
    model: ModelInfo,
    options: {
      readonly name?: string | undefined;
      readonly signature?: string | undefined;
      readonly port?: number | undefined;
    },
    signal: AbortSignal,
  ): Promise<ServedModel> {
    const id = randomUUID();
    const signature = signatureOf(model, options.signature);
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
    const served: ServedModel = {
      id,
      modelId: model.id,
      modelName: model.name,
      url: server.url,
      name: server.name,
      framework: server.framework,
      examples: exampleRequests(server.url, server.name, signature),
      state: 'serving',
    };
    this.#entries.set(id, { served, server });
    if (endedEarly !== undefined) this.#ended(id, endedEarly);
    return this.#entries.get(id)?.served ?? served;
  }

  stop(id: string): void {
    const entry = this.#entries.get(id);
    if (!entry)
      throw new AppError('job.not-found', `No model is served under ${id}; it may have ended already.`);
    entry.server.stop();
    this.#entries.delete(id);
  }

  /** Newest first. */
  list(): ServedModel[] {
    return Array.from(this.#entries.values(), ({ served }) => served).reverse();
  }

  close(): void {
    for (const { server } of this.#entries.values()) server.stop();
    this.#entries.clear();
  }

  #ended(id: string, reason: string): void {
    const entry = this.#entries.get(id);
    if (!entry) return;
    entry.served = { ...entry.served, state: 'ended', reason };
    const ended = [...this.#entries].filter(([, { served }]) => served.state === 'ended');
    for (const [old] of ended.slice(0, Math.max(0, ended.length - MAX_ENDED))) this.#entries.delete(old);
  }
}

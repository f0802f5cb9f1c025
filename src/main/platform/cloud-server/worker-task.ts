import { elementCount, type NamedTensors, type Signature } from '@shared/model/tensor';
import { ARRAY_OF } from '@shared/model/dtype';
import type { EmbeddedServerRequest } from '@main/ports/embedded-server';
import { serveOverHttp } from './http-server';

/** A model in memory and what computes it. */
export interface LoadedOriginal {
  readonly framework: string;
  run(inputs: NamedTensors): Promise<NamedTensors>;
}

export type LoadOriginal = (request: EmbeddedServerRequest) => Promise<LoadedOriginal>;

/** What the worker answers once it listens. */
export interface Serving {
  readonly port: number;
  readonly framework: string;
}

/** Zeros of a signature's inputs, dynamic axes taken as 1. */
function zeros({ inputs }: Signature): NamedTensors {
  return Object.fromEntries(
    inputs.flatMap(({ name, dtype, shape }) => {
      if (dtype === 'string') return [];
      const sizes = shape.map((size) => Math.max(1, size));
      return [[name, { dtype, shape: sizes, data: new ARRAY_OF[dtype](elementCount(sizes)) }] as const];
    }),
  );
}

/** Asks a serving process for the largest resident size it has had, in bytes. */
export const PEAK_MEMORY = 'peak-memory';

/** Loads a model and serves it until this process is ended; asked for `PEAK_MEMORY` then, it answers that. */
export const cloudServerTask =
  (load: LoadOriginal) =>
  async (message: unknown): Promise<Serving | number> => {
    if (message === PEAK_MEMORY) return process.resourceUsage().maxRSS * 1024;
    const request = message as EmbeddedServerRequest;
    const model = await load(request);
    // The first inference builds the graph; no client should measure that. Its failure is told to those who ask.
    await model.run(zeros(request.signature)).catch(() => undefined);
    const { port } = await serveOverHttp(
      { ...model, name: request.name, signature: request.signature },
      request.port,
    );
    return { port, framework: model.framework };
  };

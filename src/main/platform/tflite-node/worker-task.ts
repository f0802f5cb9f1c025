import { readFile } from 'node:fs/promises';
import { TFLiteNodeModelRunner } from 'tfjs-tflite-node';
import { AppError } from '@shared/error/app-error';
import { bytesOf, type DType, type TypedArray } from '@shared/model/dtype';
import { elementCount, type NamedTensors, type Tensor } from '@shared/model/tensor';
import { sampleOf, stackSamples } from '@shared/runner/tensor-stream';
import {
  arranged,
  readModelHeader,
  type HeaderGraph,
  type HeaderSignature,
  type ModelHeader,
} from './model-header';
import type { TfliteNodeRequest } from './request';

/** A tensor of the addon: the interpreter copies from and to `data()` at each run. */
interface AddonTensor {
  dataType: string;
  shape: string;
  data(): TypedArray;
}

interface Addon {
  getInputs(): AddonTensor[];
  getOutputs(): AddonTensor[];
  infer(): boolean;
}

/** The addon's names of element types that differ from ours. */
const ADDON_DTYPES: Readonly<Record<string, DType>> = { kTfLiteInt64: 'int64', kTfLiteUInt64: 'uint64' };

/** Runs a model over samples on TFLite 2.9, in this process. */
export async function runTfliteNode(message: unknown): Promise<NamedTensors> {
  const request = message as TfliteNodeRequest;
  const bytes = await readFile(request.modelPath);
  const header = readModelHeader(bytes);
  const signature = signatureOf(header, request.signature);
  const first = Object.fromEntries(
    Object.entries(request.inputs).map(([name, tensor]) => [name, sampleOf(tensor, 0)]),
  );
  const graph = header.graphs[signature.subgraph] as HeaderGraph;
  const shapes = shapesOf(graph, signature, first);
  const sized = arranged(bytes, signature.subgraph, new Map([...roomyOutputs(graph, shapes), ...shapes]));
  const open = (): Session => new Session(sized, graph, signature, request);

  const samples = Object.values(request.inputs)[0]?.shape[0] ?? 1;
  const outputs = new Map<string, Tensor[]>();
  // The addon cannot reset a model's state between samples; a new interpreter starts with it reset.
  const session = open();
  for (let i = 0; i < samples; i++) {
    const one = graph.stateful && i > 0 ? open() : session;
    for (const [name, tensor] of one.run(request.inputs, i)) {
      const list = outputs.get(name);
      if (list) list.push(tensor);
      else outputs.set(name, [tensor]);
    }
  }
  return Object.fromEntries([...outputs].map(([name, list]) => [name, stackSamples(name, list)]));
}

function signatureOf(header: ModelHeader, key: string | undefined): HeaderSignature {
  const signature =
    key === undefined ? header.signatures[0] : header.signatures.find((one) => one.key === key);
  if (!signature && key !== undefined)
    throw new AppError('runtime.failed', `The model has no signature '${key}'.`, {
      details: { stage: 'signature' },
    });
  const [main] = header.graphs as [HeaderGraph];
  const byName = (tensors: readonly number[]): Map<string, number> =>
    new Map(tensors.map((tensor) => [main.tensorNames[tensor] ?? String(tensor), tensor]));
  return signature ?? { key: '', subgraph: 0, inputs: byName(main.inputs), outputs: byName(main.outputs) };
}

function shapesOf(
  graph: HeaderGraph,
  signature: HeaderSignature,
  inputs: NamedTensors,
): Map<number, readonly number[]> {
  return new Map(
    Object.entries(inputs).map(([name, tensor]) => {
      const index = signature.inputs.get(name);
      if (index === undefined || !graph.inputs.includes(index))
        throw new AppError('runtime.failed', `The model has no input named '${name}'.`, {
          details: { stage: 'input' },
        });
      return [index, tensor.shape];
    }),
  );
}

const LEAST_ROOM = 1 << 16;

/**
 * The addon makes room for an output when it loads the model, and later copies whatever size came out. An output whose shape is known
 * only after the run therefore gets room in advance: four times what its shape in the file and the inputs' growth would take.
 */
function roomyOutputs(
  graph: HeaderGraph,
  inputs: ReadonlyMap<number, readonly number[]>,
): Map<number, readonly number[]> {
  const growth = [...inputs].reduce((product, [tensor, shape]) => {
    const before = elementCount(graph.shapes[tensor] ?? []);
    return product * Math.max(1, elementCount(shape) / Math.max(1, before));
  }, 1);
  const roomy = new Map<number, readonly number[]>();
  for (const tensor of graph.outputs) {
    const [first, ...rest] = graph.shapes[tensor] ?? [];
    if (!graph.dynamic[tensor] || first === undefined) continue;
    const row = Math.max(1, elementCount(rest.map((size) => Math.max(1, size))));
    const elements = Math.max(LEAST_ROOM, 4 * growth * Math.max(1, first) * row);
    roomy.set(tensor, [Math.ceil(elements / row), ...rest.map((size) => Math.max(1, size))]);
  }
  return roomy;
}

class Session {
  readonly #addon: Addon;
  readonly #graph: HeaderGraph;
  readonly #signature: HeaderSignature;

  constructor(bytes: Uint8Array, graph: HeaderGraph, signature: HeaderSignature, request: TfliteNodeRequest) {
    this.#graph = graph;
    this.#signature = signature;
    this.#addon = openAddon(bytes, request);
  }

  /** Outputs of one sample, by name, in memory of their own. */
  run(inputs: NamedTensors, sample: number): [string, Tensor][] {
    const slots = this.#addon.getInputs();
    for (const [name, all] of Object.entries(inputs)) {
      const slot = slots[this.#graph.inputs.indexOf(this.#signature.inputs.get(name) ?? -1)];
      if (slot) put(name, sampleOf(all, sample), slot);
    }
    try {
      this.#addon.infer();
    } catch (cause) {
      throw refused(cause);
    }
    const results = this.#addon.getOutputs();
    return [...this.#signature.outputs].map(([name, tensor]) => {
      const slot = results[this.#graph.outputs.indexOf(tensor)];
      if (!slot)
        throw new AppError('model.unreadable', `The signature's output '${name}' is no output of the graph.`);
      const shape = shapeOf(slot);
      if (elementCount(shape) > slot.data().length)
        throw new AppError(
          'runtime.failed',
          `Output '${name}' became larger than TFLite 2.9's binding can read: judge the model on TFLite 2.21.`,
          { details: { stage: 'output' } },
        );
      return [name, { dtype: dtypeOf(slot), shape, data: slot.data().slice(0, elementCount(shape)) }];
    });
  }
}

function openAddon(bytes: Uint8Array, { threads, xnnpackPlugin: path }: TfliteNodeRequest): Addon {
  const open = (more: { delegate?: { path: string; options: [string, string][] } }): Addon =>
    new TFLiteNodeModelRunner(bytes.buffer as ArrayBuffer, { threads, ...more }) as unknown as Addon;
  try {
    if (path !== undefined) return open({ delegate: { path, options: [['num_threads', String(threads)]] } });
  } catch {
    // XNNPACK of 2.9 refuses graphs with dynamic shapes as a whole; apps then run on the built-in kernels, too.
  }
  try {
    return open({});
  } catch (cause) {
    throw refused(cause);
  }
}

function put(name: string, tensor: Tensor, slot: AddonTensor): void {
  const dtype = dtypeOf(slot);
  const bytes = bytesOf(tensor.data);
  const room = bytesOf(slot.data());
  if (dtype !== tensor.dtype || bytes.length !== room.length)
    throw new AppError(
      'runtime.failed',
      `Input '${name}' takes ${dtype} of ${room.length} bytes; ${tensor.dtype} of ${bytes.length} bytes was given.`,
      { details: { stage: 'input' } },
    );
  room.set(bytes);
}

const dtypeOf = (tensor: AddonTensor): DType => ADDON_DTYPES[tensor.dataType] ?? (tensor.dataType as DType);
const shapeOf = (tensor: AddonTensor): number[] =>
  tensor.shape === '' ? [] : tensor.shape.split(',').map(Number);

const refused = (cause: unknown): AppError =>
  new AppError(
    'runtime.failed',
    `TFLite 2.9 does not run the model: ${String(cause instanceof Error ? cause.message : cause)
      .replace(/\s+/g, ' ')
      .trim()
      .slice(0, 500)}`,
    { details: { stage: 'interpreter' }, cause },
  );

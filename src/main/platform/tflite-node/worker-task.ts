import { readFile } from 'node:fs/promises';
import { TFLiteNodeModelRunner } from 'tfjs-tflite-node';
import { AppError } from '@shared/error/app-error';
import { bytesOf, type DType, type TypedArray } from '@shared/model/dtype';
import { elementCount, type NamedTensors, type Tensor } from '@shared/model/tensor';
import { sampleOf, stackSamples } from '@shared/runner/tensor-stream';
import { readModelHeader, withShapes, type HeaderSignature, type ModelHeader } from './model-header';
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
  const sized = withShapes(bytes, shapesOf(header, signature, first));
  const open = (): Session => new Session(sized, header, signature, request);

  const samples = Object.values(request.inputs)[0]?.shape[0] ?? 1;
  const outputs = new Map<string, Tensor[]>();
  // The addon cannot reset a model's state between samples; a new interpreter starts with it reset.
  const session = open();
  for (let i = 0; i < samples; i++) {
    const one = header.stateful && i > 0 ? open() : session;
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
  if (signature && signature.subgraph !== 0)
    throw new AppError(
      'runtime.failed',
      `TFLite 2.9's binding runs a model's first graph only, and signature '${signature.key}' is another: judge it on TFLite 2.21.`,
      { details: { stage: 'signature' } },
    );
  const byName = (tensors: readonly number[]): Map<string, number> =>
    new Map(tensors.map((tensor) => [header.tensorNames[tensor] ?? String(tensor), tensor]));
  return (
    signature ?? { key: '', subgraph: 0, inputs: byName(header.inputs), outputs: byName(header.outputs) }
  );
}

function shapesOf(
  header: ModelHeader,
  signature: HeaderSignature,
  inputs: NamedTensors,
): Map<number, readonly number[]> {
  return new Map(
    Object.entries(inputs).map(([name, tensor]) => {
      const index = signature.inputs.get(name);
      if (index === undefined || !header.inputs.includes(index))
        throw new AppError('runtime.failed', `The model has no input named '${name}'.`, {
          details: { stage: 'input' },
        });
      return [index, tensor.shape];
    }),
  );
}

class Session {
  readonly #addon: Addon;
  readonly #header: ModelHeader;
  readonly #signature: HeaderSignature;

  constructor(
    bytes: Uint8Array,
    header: ModelHeader,
    signature: HeaderSignature,
    request: TfliteNodeRequest,
  ) {
    this.#header = header;
    this.#signature = signature;
    const { threads, xnnpackPlugin: path } = request;
    const delegate =
      path === undefined
        ? {}
        : { delegate: { path, options: [['num_threads', String(threads)]] as [string, string][] } };
    try {
      this.#addon = new TFLiteNodeModelRunner(bytes.buffer as ArrayBuffer, {
        threads,
        ...delegate,
      }) as unknown as Addon;
    } catch (cause) {
      throw refused(cause);
    }
    for (const tensor of this.#addon.getOutputs())
      if (tensor.data().length !== sizeOf(tensor) || tensor.data().length === 0)
        throw new AppError(
          'runtime.failed',
          `The model has an output whose shape is known only when it runs, which TFLite 2.9's binding cannot read.`,
          { details: { stage: 'output' } },
        );
  }

  /** Outputs of one sample, by name, in memory of their own. */
  run(inputs: NamedTensors, sample: number): [string, Tensor][] {
    const slots = this.#addon.getInputs();
    for (const [name, all] of Object.entries(inputs)) {
      const slot = slots[this.#header.inputs.indexOf(this.#signature.inputs.get(name) ?? -1)];
      if (slot) put(name, sampleOf(all, sample), slot);
    }
    try {
      this.#addon.infer();
    } catch (cause) {
      throw refused(cause);
    }
    const results = this.#addon.getOutputs();
    return [...this.#signature.outputs].map(([name, tensor]) => {
      const slot = results[this.#header.outputs.indexOf(tensor)];
      if (!slot)
        throw new AppError('model.unreadable', `The signature's output '${name}' is no output of the graph.`);
      return [name, { dtype: dtypeOf(slot), shape: shapeOf(slot), data: slot.data().slice() }];
    });
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
const sizeOf = (tensor: AddonTensor): number => elementCount(shapeOf(tensor));

const refused = (cause: unknown): AppError =>
  new AppError(
    'runtime.failed',
    `TFLite 2.9 does not run the model: ${String(cause instanceof Error ? cause.message : cause)
      .replace(/\s+/g, ' ')
      .trim()
      .slice(0, 500)}`,
    { details: { stage: 'interpreter' }, cause },
  );

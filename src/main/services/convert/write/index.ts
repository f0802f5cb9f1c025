import { AppError } from '@shared/error/app-error';
import type { ConstantData, Model, Value } from '../graph/ir';
import { Pace } from '../pace';
import { DATA_ALIGNMENT, FILE_IDENTIFIER, MAX_FILE_BYTES } from '../schema';
import { checkedSteps } from '../graph/constant-content';
import { modelDocument, type ModelDocument, type OperatorCount, type TensorPlace } from './document';
import { Header } from './flatbuffer';
import { LargeDuplicates } from './large-duplicates';
import { FileSink, MemorySink, type ModelSink } from './sink';

/** What was written. */
export interface WriteReport {
  readonly bytes: number;
  readonly operators: readonly OperatorCount[];
  readonly minRuntimeVersion: string;
  /** Where each value of the model is in the file. */
  readonly tensors: ReadonlyMap<Value, TensorPlace>;
}

/** A constant is handed to the sink in pieces of this size, so that a cancel is seen in between. */
const PIECE_BYTES = 1 << 23;

/**
 * Writes a model as a .tflite file to a path or a sink. Constants are read one after the other while they are written, so
 * memory does not grow with the model. AppError `model.too-large` before anything is written when it cannot be a file.
 */
export async function writeModel(
  model: Model,
  target: string | ModelSink,
  pace = new Pace(),
): Promise<WriteReport> {
  const document = await buildDocument(model, pace);
  const header = new Header(document.root, FILE_IDENTIFIER);
  const { constants } = document;
  const end = constants.distinct.reduce(
    (position, { byteLength }) => dataStart(position) + byteLength,
    header.byteLength,
  );
  refuseTooLarge(end);

  const sink = typeof target === 'string' ? new FileSink(target) : target;
  try {
    let position = header.byteLength;
    const prefixes: number[] = [];
    const written = new LargeDuplicates();
    for (const data of constants.distinct) {
      const read = (each: ConstantData) => pace.finish(checkedSteps(each), 'write', position, end);
      const bytes = await read(data);
      const maybeEqual = constants.maybeEqual(data);
      const equal = maybeEqual ? await written.find(bytes, read) : undefined;
      const prefix = equal ?? dataStart(position) - 4;
      prefixes.push(prefix);
      if (equal !== undefined) continue;
      if (maybeEqual) written.add(data, bytes, prefix);
      await writeData(sink, prefix, bytes, pace, end);
      position = prefix + 4 + bytes.byteLength;
    }
    sink.write(0, header.place(prefixes));
    sink.finish();
    return {
      bytes: position,
      operators: document.operators,
      minRuntimeVersion: document.minRuntimeVersion,
      tensors: document.tensors,
    };
  } catch (error) {
    sink.abandon();
    throw error;
  }
}

/** Throws `model.too-large` when a file of `bytes` bytes could not be opened by a runtime. */
export function refuseTooLarge(bytes: number): void {
  if (bytes <= MAX_FILE_BYTES) return;
  throw new AppError(
    'model.too-large',
    `The converted model would take ${(bytes / 2 ** 30).toFixed(2)} GiB, and a TensorFlow Lite file ends at 2 GiB; split the model into smaller ones.`,
    { details: { bytes } },
  );
}

/** Writes a model to memory. */
export async function modelBytes(model: Model, pace = new Pace()): Promise<Uint8Array> {
  const sink = new MemorySink();
  await writeModel(model, sink, pace);
  return sink.bytes;
}

async function buildDocument(model: Model, pace: Pace): Promise<ModelDocument> {
  const steps = modelDocument(model);
  let done = 0;
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    if (pace.step('write', ++done, 0)) await pace.rest();
  }
}

/** Where the data of a buffer can start when `position` is the first free byte: its length goes before it. */
const dataStart = (position: number): number => Math.ceil((position + 4) / DATA_ALIGNMENT) * DATA_ALIGNMENT;

async function writeData(
  sink: ModelSink,
  prefix: number,
  bytes: Uint8Array,
  pace: Pace,
  total: number,
): Promise<void> {
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, bytes.byteLength, true);
  sink.write(prefix, length);
  for (let done = 0; done < bytes.byteLength; done += PIECE_BYTES) {
    sink.write(prefix + 4 + done, bytes.subarray(done, done + PIECE_BYTES));
    if (pace.step('write', prefix + done, total)) await pace.rest();
  }
}

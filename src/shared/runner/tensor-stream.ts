import { ARRAY_OF, BYTES_PER_ELEMENT, bytesOf, viewAs } from '../model/dtype';
import { elementCount, type Tensor } from '../model/tensor';
import { TFLITE_TYPE, dtypeOfTfliteType } from './tflite-type';

/** One tensor of a tensor stream, whose layout runner/src/stream.h tells. */
export interface TensorRecord {
  readonly name: string;
  readonly tensor: Tensor;
}

const MAGIC = 0x31544245;
const HEAD_BYTES = 24;
const MOST_DIMENSIONS = 16;
const LONGEST_NAME = 1024;

const padded = (bytes: number): number => Math.ceil(bytes / 8) * 8;

/** Bytes of one record; the data are copied. */
export function encodeTensor({ name, tensor }: TensorRecord): Uint8Array {
  const nameBytes = new TextEncoder().encode(name);
  const data = bytesOf(tensor.data);
  const dimsAt = HEAD_BYTES;
  const nameAt = dimsAt + padded(tensor.shape.length * 4);
  const dataAt = nameAt + padded(nameBytes.length);
  const bytes = new Uint8Array(dataAt + padded(data.length));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, nameBytes.length, true);
  view.setUint32(8, TFLITE_TYPE[tensor.dtype], true);
  view.setUint32(12, tensor.shape.length, true);
  view.setBigUint64(16, BigInt(data.length), true);
  for (const [i, size] of tensor.shape.entries()) view.setInt32(dimsAt + 4 * i, size, true);
  bytes.set(nameBytes, nameAt);
  bytes.set(data, dataAt);
  return bytes;
}

/**
 * Reads records one after the other; every number is checked against the bytes that are there, as they may come from a
 * device. Throws an Error that says what is wrong.
 */
export function* decodeTensors(bytes: Uint8Array): Generator<TensorRecord> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const take = (count: number): number => {
    if (count > bytes.length - at) throw new Error('the tensor stream is cut off');
    at += padded(count);
    return at - padded(count);
  };
  while (at < bytes.length) {
    const head = take(HEAD_BYTES);
    const nameLength = view.getUint32(head + 4, true);
    const rank = view.getUint32(head + 12, true);
    const length = Number(view.getBigUint64(head + 16, true));
    if (view.getUint32(head, true) !== MAGIC || rank > MOST_DIMENSIONS || nameLength > LONGEST_NAME)
      throw new Error('this is no tensor stream');
    const dimsAt = take(rank * 4);
    const shape = Array.from({ length: rank }, (_, i) => view.getInt32(dimsAt + 4 * i, true));
    const nameAt = take(nameLength);
    const name = new TextDecoder().decode(bytes.subarray(nameAt, nameAt + nameLength));
    const dataAt = take(length);
    yield { name, tensor: tensorOf(name, view.getUint32(head + 8, true), shape, bytes, dataAt, length) };
  }
}

function tensorOf(
  name: string,
  type: number,
  shape: readonly number[],
  bytes: Uint8Array,
  at: number,
  length: number,
): Tensor {
  const dtype = dtypeOfTfliteType(type);
  if (!dtype || dtype === 'string')
    throw new Error(`tensor '${name}' has an element type that is not supported`);
  if (shape.some((size) => size < 0) || elementCount(shape) * BYTES_PER_ELEMENT[dtype] !== length)
    throw new Error(
      `tensor '${name}' has ${length} bytes, which its shape [${shape.join(', ')}] does not need`,
    );
  return { dtype, shape, data: viewAs(dtype, bytes.subarray(at, at + length)) };
}

/** The i-th sample of a tensor whose first axis is the sample; a view, not a copy. */
export function sampleOf(tensor: Tensor, index: number): Tensor {
  const shape = tensor.shape.slice(1);
  const size = elementCount(shape) * (tensor.dtype === 'complex64' ? 2 : 1);
  return { dtype: tensor.dtype, shape, data: tensor.data.subarray(index * size, (index + 1) * size) };
}

/** Joins samples of one shape and dtype along a new first axis. Throws an Error where they differ. */
export function stackSamples(name: string, samples: readonly Tensor[]): Tensor {
  const [first] = samples;
  if (!first) throw new Error(`tensor '${name}' has no sample`);
  if (first.dtype === 'string') throw new Error(`tensor '${name}' holds strings`);
  const data = new ARRAY_OF[first.dtype](first.data.length * samples.length);
  for (const [i, sample] of samples.entries()) {
    if (sample.dtype !== first.dtype || sample.shape.join() !== first.shape.join())
      throw new Error(`tensor '${name}' changes its shape or element type from sample to sample`);
    data.set(sample.data as never, i * first.data.length);
  }
  return { dtype: first.dtype, shape: [samples.length, ...first.shape], data };
}

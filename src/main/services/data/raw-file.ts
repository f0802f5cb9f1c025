import { open } from 'node:fs/promises';
import { AppError } from '@shared/error/app-error';
import { BYTES_PER_ELEMENT, viewAs } from '@shared/model/dtype';
import { elementCount, type TensorSpec } from '@shared/model/tensor';
import type { DataSet } from './data-set';
import { assertFinite } from './finite';

/** Opens raw little-endian values, sample after sample in the shape and type of the model's one input. */
export async function openRawFile(path: string, inputs: readonly TensorSpec[]): Promise<DataSet> {
  const [input, ...others] = inputs;
  if (!input || others.length > 0 || input.dtype === 'string')
    throw new AppError(
      'data.invalid',
      `${path} holds raw values, which fit a model with one input of numbers; give an .npz file instead.`,
    );
  const { dtype } = input;
  const shape = input.shape.map((dim) => (dim < 0 ? 1 : dim));
  const sampleBytes = elementCount(shape) * BYTES_PER_ELEMENT[dtype];
  const file = await open(path, 'r').catch((cause: unknown) => {
    throw new AppError('file.not-found', `${path} cannot be opened.`, { cause });
  });
  const { size } = await file.stat();
  if (size === 0 || size % sampleBytes !== 0) {
    await file.close();
    throw new AppError(
      'data.invalid',
      `${path} has ${size} bytes, which is no whole number of samples of ${sampleBytes} bytes (${dtype} [${shape.join(', ')}]).`,
    );
  }
  const count = size / sampleBytes;
  return {
    description: `${path} (${count} samples of raw ${dtype})`,
    count,
    random: false,
    labels: undefined,
    slice: async (start, end) => {
      const bytes = new Uint8Array((Math.min(end, count) - start) * sampleBytes);
      const { bytesRead } = await file.read(bytes, 0, bytes.byteLength, start * sampleBytes);
      if (bytesRead !== bytes.byteLength)
        throw new AppError('data.invalid', `${path} became shorter while it was read.`);
      const tensor = { dtype, shape: [bytes.byteLength / sampleBytes, ...shape], data: viewAs(dtype, bytes) };
      assertFinite(path, input.name, start, tensor);
      return { [input.name]: tensor };
    },
    close: () => file.close(),
  };
}

import { AppError } from '@shared/error/app-error';
import { type DType, type TypedArray, viewAs } from '@shared/model/dtype';
import { elementCount, type NamedTensors, type Tensor, type TensorSpec } from '@shared/model/tensor';
import { assertFinite, invalidData } from './finite';
import { openArrayFile, type StoredArray } from './npz';

/** Samples for calibration, validation and accuracy. */
export interface DataSet {
  /** For reports: file, number of samples, labelled or not, random or not. */
  readonly description: string;
  readonly count: number;
  readonly random: boolean;
  /** Class numbers, one a sample, where the data has them. */
  readonly labels: Int32Array | undefined;
  /** Samples [start, end): by input name, shape [end - start, ...whole input with its batch axis]. */
  slice(start: number, end: number): Promise<NamedTensors>;
  close(): Promise<void>;
}

const LABEL_NAMES = new Set(['labels', 'label', 'y']);

/** Conversions that change no value: what numpy makes by default, and what models take. */
const LOSSLESS: Readonly<Record<string, DType>> = { float64: 'float32', int64: 'int32' };

/**
 * Opens a .npy or .npz file as samples for `inputs`. Arrays are matched by name; a single array serves a single input
 * whatever its name. The first axis is the sample: [N, 8, 8, 1] and [N, 1, 8, 8, 1] both fit an input [-1, 8, 8, 1].
 */
export async function openArrayDataSet(path: string, inputs: readonly TensorSpec[]): Promise<DataSet> {
  const file = await openArrayFile(path);
  try {
    const labelsArray = file.arrays.find((array) => LABEL_NAMES.has(array.name) && array.shape.length === 1);
    const candidates = file.arrays.filter((array) => array !== labelsArray);
    const arrays = inputs.map((input) => matchArray(path, candidates, inputs, input));
    const count = arrays[0]?.array.shape[0] ?? 0;
    for (const { array } of arrays)
      if (array.shape[0] !== count)
        throw invalidData(
          path,
          `array '${array.name}' has ${array.shape[0]} samples where another has ${count}`,
        );
    if (count === 0) throw invalidData(path, 'it has no samples');
    const labels = labelsArray ? await readLabels(path, labelsArray, count) : undefined;
    return {
      description: `${path} (${count} samples${labels ? ', labelled' : ''})`,
      count,
      random: false,
      labels,
      slice: async (start, end) => {
        const entries = await Promise.all(
          arrays.map(async ({ array, input, sampleShape }) => {
            const rows = await array.rows(start, Math.min(end, count));
            const tensor: Tensor = {
              dtype: input.dtype,
              shape: [rows.shape[0] ?? 0, ...sampleShape],
              data: castTo(input.dtype, rows),
            };
            assertFinite(path, array.name, start, tensor);
            return [input.name, tensor] as const;
          }),
        );
        return Object.fromEntries(entries);
      },
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

const describe = (spec: { readonly dtype: string; readonly shape: readonly number[] }): string =>
  `${spec.dtype} [${spec.shape.map((dim) => (dim < 0 ? '?' : dim)).join(', ')}]`;

function matchArray(
  path: string,
  arrays: readonly StoredArray[],
  inputs: readonly TensorSpec[],
  input: TensorSpec,
): { array: StoredArray; input: TensorSpec; sampleShape: readonly number[] } {
  const array =
    arrays.find((candidate) => candidate.name === input.name) ??
    (inputs.length === 1 && arrays.length === 1 ? arrays[0] : undefined);
  if (!array)
    throw invalidData(
      path,
      `it has no array '${input.name}' (it has ${arrays.map((a) => `'${a.name}'`).join(', ') || 'none'}); name arrays as the model's inputs: ${inputs.map((i) => `'${i.name}'`).join(', ')}`,
    );
  if (array.dtype !== input.dtype && LOSSLESS[array.dtype] !== input.dtype)
    throw invalidData(
      path,
      `array '${array.name}' holds ${array.dtype} where input '${input.name}' takes ${input.dtype}`,
    );
  const fits = (shape: readonly number[]): boolean =>
    shape.length === input.shape.length &&
    shape.every((dim, i) => (input.shape[i] ?? -1) < 0 || dim === input.shape[i]);
  const withBatch = array.shape.slice(1);
  const asBatch = [1, ...array.shape.slice(1)];
  const sampleShape = fits(withBatch) ? withBatch : fits(asBatch) ? asBatch : undefined;
  if (!sampleShape)
    throw invalidData(
      path,
      `array '${array.name}' is ${describe(array)}, samples along the first axis, where input '${input.name}' is ${describe(input)}`,
    );
  return { array, input, sampleShape };
}

function castTo(dtype: DType, tensor: Tensor): TypedArray {
  if (tensor.dtype === dtype) return tensor.data;
  if (dtype === 'float32') return Float32Array.from(tensor.data as Float64Array);
  return Int32Array.from(tensor.data as BigInt64Array, Number);
}

async function readLabels(path: string, array: StoredArray, count: number): Promise<Int32Array> {
  if (array.shape[0] !== count)
    throw invalidData(path, `it has ${array.shape[0]} labels for ${count} samples`);
  if (array.dtype.startsWith('float'))
    throw invalidData(path, `its labels are ${array.dtype}; class numbers have to be whole`);
  const { data } = await array.rows(0, count);
  return Int32Array.from(data as Int32Array, Number);
}

/** Uniform random samples from a fixed seed; clearly marked as such wherever their figures are shown. */
export function randomDataSet(inputs: readonly TensorSpec[], count: number, seed = 1): DataSet {
  const sampleShapes = inputs.map((input) => input.shape.map((dim) => (dim < 0 ? 1 : dim)));
  return {
    description: `random data (${count} samples, seed ${seed})`,
    count,
    random: true,
    labels: undefined,
    slice: (start, end) => {
      const tensors = inputs.map((input, k) => {
        const shape = sampleShapes[k] ?? [];
        const parts = Array.from({ length: end - start }, (_, i) =>
          randomBytes(input.dtype, elementCount(shape), seed + (start + i) * 131 + k * 7919),
        );
        const data = viewAs(
          input.dtype === 'string' ? 'uint8' : input.dtype,
          new Uint8Array(Buffer.concat(parts)),
        );
        return [input.name, { dtype: input.dtype, shape: [end - start, ...shape], data }] as const;
      });
      return Promise.resolve(Object.fromEntries(tensors));
    },
    close: () => Promise.resolve(),
  };
}

/** float32 in [0, 1); integers 0 or 1, which are in range for indices, flags and masks alike. */
function randomBytes(dtype: DType, count: number, seed: number): Uint8Array {
  let state = (seed * 2654435761) >>> 0 || 1;
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 8) / 2 ** 24;
  };
  if (dtype === 'float32') return new Uint8Array(Float32Array.from({ length: count }, next).buffer);
  if (dtype === 'float64') return new Uint8Array(Float64Array.from({ length: count }, next).buffer);
  if (dtype === 'int64' || dtype === 'uint64')
    return new Uint8Array(BigInt64Array.from({ length: count }, () => BigInt(next() < 0.5 ? 0 : 1)).buffer);
  if (dtype === 'int32' || dtype === 'uint32')
    return new Uint8Array(Int32Array.from({ length: count }, () => (next() < 0.5 ? 0 : 1)).buffer);
  if (dtype === 'uint8') return Uint8Array.from({ length: count }, () => Math.floor(next() * 256));
  if (dtype === 'int8')
    return new Uint8Array(Int8Array.from({ length: count }, () => Math.floor(next() * 256) - 128).buffer);
  if (dtype === 'bool') return Uint8Array.from({ length: count }, () => (next() < 0.5 ? 0 : 1));
  throw new AppError(
    'data.invalid',
    `There are no random values for inputs of type ${dtype}; give data of your own.`,
  );
}

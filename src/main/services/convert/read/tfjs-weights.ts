import type { ModelFile, ModelFiles } from '@main/ports/model-files';
import { AppError } from '@shared/error/app-error';
import { BYTES_PER_ELEMENT, DTYPES, viewAs, type DType } from '@shared/model/dtype';
import { elementCount } from '@shared/model/tensor';
import { finish, steppedData, STEP_BYTES, type Steps } from '../graph/steps';
import type { SourceTensor } from '../source';
import { fieldOf, isJsonArray, type Json } from './json';

/** Weights of a TF.js model by name; they are read from their shards when asked for. `close` closes the shards. */
export interface TfjsWeights {
  readonly tensors: ReadonlyMap<string, SourceTensor>;
  close(): void;
}

interface Packing {
  readonly dtype: 'uint8' | 'uint16' | 'float16';
  readonly scale: number;
  readonly min: number;
}

/**
 * Reads a `weightsManifest` (format: tfjs-core/src/io/types.ts, WeightsManifestGroupConfig): groups of weights whose bytes lie
 * one behind the other across the group's shards, which are files in `folder`. Packed weights (uint8, uint16, float16) are
 * unpacked when read. Refuses shards outside the folder and sizes that disagree with the manifest.
 */
export function readTfjsWeights(manifest: Json | undefined, folder: string, files: ModelFiles): TfjsWeights {
  if (!isJsonArray(manifest)) throw damaged('model.json has no list of weights (weightsManifest)');
  const opened: ModelFile[] = [];
  const close = (): void => opened.forEach((file) => file.close());
  try {
    const tensors = new Map<string, SourceTensor>();
    for (const group of manifest) {
      const paths = fieldOf(group, 'paths');
      const weights = fieldOf(group, 'weights');
      if (!isJsonArray(paths) || !isJsonArray(weights))
        throw damaged('a group of weights lacks paths or weights');
      const shards = paths.map((path) => {
        if (typeof path !== 'string') throw damaged('the path of a weight shard is no text');
        const file = files.openInside(folder, path);
        opened.push(file);
        return file;
      });
      addGroup(tensors, weights, shards);
    }
    return { tensors, close };
  } catch (error) {
    close();
    throw error;
  }
}

function addGroup(
  tensors: Map<string, SourceTensor>,
  weights: readonly Json[],
  shards: readonly ModelFile[],
): void {
  const size = shards.reduce((sum, shard) => sum + shard.size, 0);
  let offset = 0;
  for (const weight of weights) {
    const name = fieldOf(weight, 'name');
    if (typeof name !== 'string') throw damaged('a weight has no name');
    if (tensors.has(name)) throw damaged(`weight '${name}' is listed twice`);
    const dtype = dtypeOf(weight, name);
    const shape = shapeOf(weight, name);
    const packing = packingOf(weight, name);
    const count = elementCount(shape);
    const stored =
      dtype === 'string'
        ? stringBytes(shards, offset, count, size)
        : count * BYTES_PER_ELEMENT[packing?.dtype ?? dtype];
    if (!Number.isSafeInteger(stored) || offset + stored > size)
      throw damaged(
        `weight '${name}' needs bytes ${offset} to ${offset + stored}, but its shards have ${size}`,
      );
    const start = offset;
    const data = packing
      ? {
          byteLength: count * BYTES_PER_ELEMENT[dtype],
          bytes: () => unpack(readAcross(shards, start, stored), dtype, packing),
        }
      : steppedData(stored, () => readSteps(shards, start, stored));
    tensors.set(name, { dtype, shape, data });
    offset += stored;
  }
  if (offset !== size)
    throw damaged(`the weight shards have ${size} bytes, but the manifest describes ${offset}`);
}

/** Bytes `offset` to `offset + length` of the shards taken as one file. */
const readAcross = (shards: readonly ModelFile[], offset: number, length: number): Uint8Array =>
  finish(readSteps(shards, offset, length));

function* readSteps(shards: readonly ModelFile[], offset: number, length: number): Steps {
  const bytes = new Uint8Array(length);
  let start = 0;
  for (const shard of shards) {
    const end = Math.min(offset + length, start + shard.size);
    for (let from = Math.max(offset, start); from < end; from += STEP_BYTES) {
      if (from > offset) yield;
      const to = Math.min(from + STEP_BYTES, end);
      shard.readInto(from - start, bytes.subarray(from - offset, to - offset));
    }
    start += shard.size;
  }
  return bytes;
}

/** Strings are stored as a uint32 length and the bytes, each (tfjs-core/src/io/io_utils.ts). */
function stringBytes(shards: readonly ModelFile[], offset: number, count: number, size: number): number {
  let at = offset;
  for (let i = 0; i < count; i++) {
    if (at + 4 > size) throw damaged('a list of texts goes beyond its shards');
    const prefix = readAcross(shards, at, 4);
    at += 4 + new DataView(prefix.buffer).getUint32(0, true);
    if (at > size) throw damaged('a list of texts goes beyond its shards');
  }
  return at - offset;
}

function unpack(stored: Uint8Array, dtype: DType, { dtype: from, scale, min }: Packing): Uint8Array {
  const values =
    from === 'float16' ? fromHalf(viewAs('float16', stored)) : Float32Array.from(viewAs(from, stored));
  if (from !== 'float16')
    for (let i = 0; i < values.length; i++) values[i] = (values[i] as number) * scale + min;
  if (dtype === 'float32') return new Uint8Array(values.buffer);
  return new Uint8Array(Int32Array.from(values, (value) => Math.round(value)).buffer);
}

/** IEEE half precision, given as bits, to single precision. */
export function fromHalf(bits: Uint16Array): Float32Array {
  const out = new Uint32Array(bits.length);
  for (let i = 0; i < bits.length; i++) {
    const half = bits[i] as number;
    const sign = (half & 0x8000) << 16;
    const exponent = (half >> 10) & 0x1f;
    const fraction = half & 0x3ff;
    if (exponent === 0x1f) out[i] = sign | 0x7f800000 | (fraction << 13);
    else if (exponent !== 0) out[i] = sign | ((exponent + 112) << 23) | (fraction << 13);
    else if (fraction === 0) out[i] = sign;
    else {
      const shift = Math.clz32(fraction) - 21;
      out[i] = sign | ((113 - shift) << 23) | ((fraction << (13 + shift)) & 0x7fffff);
    }
  }
  return new Float32Array(out.buffer);
}

function dtypeOf(weight: Json, name: string): DType {
  const dtype = fieldOf(weight, 'dtype');
  const known = DTYPES.find((each) => each === dtype);
  if (!known) throw damaged(`weight '${name}' has the unknown type '${String(dtype)}'`);
  return known;
}

function shapeOf(weight: Json, name: string): readonly number[] {
  const shape = fieldOf(weight, 'shape');
  const good =
    isJsonArray(shape) &&
    shape.length <= 32 &&
    shape.every((dim): dim is number => typeof dim === 'number' && Number.isSafeInteger(dim) && dim >= 0);
  if (!good || !Number.isSafeInteger(elementCount(shape)))
    throw damaged(`weight '${name}' has no usable shape`);
  return shape;
}

function packingOf(weight: Json, name: string): Packing | undefined {
  const quantization = fieldOf(weight, 'quantization');
  if (quantization === undefined || quantization === null) return undefined;
  const dtype = fieldOf(quantization, 'dtype');
  const scale = fieldOf(quantization, 'scale') ?? 1;
  const min = fieldOf(quantization, 'min') ?? 0;
  const packable = fieldOf(weight, 'dtype') === 'float32' || fieldOf(weight, 'dtype') === 'int32';
  if (dtype !== 'uint8' && dtype !== 'uint16' && dtype !== 'float16')
    throw damaged(`weight '${name}' is packed as '${String(dtype)}', which is not known`);
  if (typeof scale !== 'number' || typeof min !== 'number' || !packable)
    throw damaged(`weight '${name}' has an unusable packing`);
  return { dtype, scale, min };
}

const damaged = (why: string): AppError =>
  new AppError('model.unreadable', `the TensorFlow.js model is damaged: ${why}. Export the model again.`);

import type { ModelFile, ModelFiles } from '@main/ports/model-files';
import { AppError, isAppError } from '@shared/error/app-error';
import { BYTES_PER_ELEMENT } from '@shared/model/dtype';
import { elementCount } from '@shared/model/tensor';
import type { SourceDType, SourceTensor } from '../../source';
import { Wire } from '@shared/protobuf/wire';
import { readShape } from '../tensorflow/tensor-proto';
import { dtypeOfNumber, isTensorDType } from '../tensorflow/types';
import { steppedData, STEP_BYTES, type Steps } from '../../graph/steps';
import { crc32c, masked } from './crc32c';
import { readTable } from './table';

const MAX_SHARDS = 100_000;

interface Entry {
  dtype: SourceDType;
  shape: readonly number[] | undefined;
  shard: number;
  offset: number;
  size: number;
  crc: number;
  slices: number;
}

/** A checkpoint in TensorFlow's bundle format. Tensors are read, and their checksums verified, when they are asked for. */
export interface Bundle {
  has(key: string): boolean;
  /** Refuses, naming `variable`, a tensor whose place, size or type is not usable. */
  tensor(key: string, variable: string): SourceTensor;
  close(): void;
}

/** Opens `variables.index` and its data shards in `folder` (tensorflow/core/protobuf/tensor_bundle.proto). */
export function openBundle(folder: string, files: ModelFiles): Bundle {
  const indexFile = files.openInside(folder, 'variables.index');
  let table: ReadonlyMap<string, Uint8Array>;
  try {
    table = readTable(indexFile);
  } finally {
    indexFile.close();
  }
  const shards = readHeader(table.get(''));
  const opened = new Map<number, ModelFile>();
  const openShard = (entry: Entry, variable: string): ModelFile => {
    if (entry.shard < 0 || entry.shard >= shards)
      throw damaged(variable, `it is in shard ${entry.shard} of ${shards}`);
    const known = opened.get(entry.shard);
    if (known) return known;
    const name = `variables.data-${pad(entry.shard)}-of-${pad(shards)}`;
    try {
      const file = files.openInside(folder, name);
      opened.set(entry.shard, file);
      return file;
    } catch (cause) {
      if (!isAppError(cause)) throw cause;
      throw damaged(
        variable,
        `its shard '${name}' cannot be opened (${cause.message.replace(/\.$/, '')})`,
        cause,
      );
    }
  };
  return {
    has: (key) => table.has(key),
    tensor(key, variable) {
      const bytes = table.get(key);
      if (!bytes) throw damaged(variable, `the checkpoint has no '${key}'`);
      return toTensor(readEntry(bytes), variable, (entry) => openShard(entry, variable));
    },
    close() {
      for (const file of opened.values()) file.close();
      opened.clear();
    },
  };
}

function toTensor(entry: Entry, variable: string, open: (entry: Entry) => ModelFile): SourceTensor {
  const { dtype, shape, size, offset } = entry;
  if (!isTensorDType(dtype) || dtype === 'string')
    throw new AppError(
      'model.unsupported',
      `variable '${variable}' has a type that TensorFlow Lite cannot hold.`,
    );
  if (entry.slices > 0)
    throw new AppError(
      'model.unsupported',
      `variable '${variable}' is stored in ${entry.slices} slices, which is not supported: save the model unpartitioned.`,
    );
  if (!shape || shape.includes(-1)) throw damaged(variable, 'its shape is not known');
  if (size !== elementCount(shape) * BYTES_PER_ELEMENT[dtype])
    throw damaged(variable, `its shape [${shape.join(', ')}] does not fit its ${size} bytes`);
  const file = open(entry);
  if (offset < 0 || offset + size > file.size)
    throw damaged(
      variable,
      `it is said to lie at bytes ${offset} to ${offset + size} of a shard of ${file.size}`,
    );
  let verified = false;
  const steps = function* (): Steps {
    const data = new Uint8Array(size);
    let crc = 0;
    for (let at = 0; at < size; at += STEP_BYTES) {
      if (at > 0) yield;
      const piece = data.subarray(at, at + STEP_BYTES);
      open(entry).readInto(offset + at, piece);
      if (!verified) crc = crc32c(piece, crc);
    }
    if (!verified && masked(crc) !== entry.crc) throw damaged(variable, 'its checksum is wrong');
    verified = true;
    return data;
  };
  return { dtype, shape, data: steppedData(size, steps) };
}

function readHeader(bytes: Uint8Array | undefined): number {
  if (!bytes)
    throw new AppError('model.unreadable', 'the index of the variables has no header: it is damaged.');
  let shards = 0;
  let bigEndian = false;
  for (const wire = Wire.of(bytes, 'the header of the variables'); wire.next();)
    if (wire.field === 1) shards = wire.int();
    else if (wire.field === 2) bigEndian = wire.int() !== 0;
    else wire.skip();
  if (bigEndian)
    throw new AppError(
      'model.unsupported',
      'the variables were written on a big-endian machine, which is not supported.',
    );
  if (shards < 0 || shards > MAX_SHARDS)
    throw new AppError(
      'model.unreadable',
      `the index of the variables claims ${shards} shards: it is damaged.`,
    );
  return shards;
}

function readEntry(bytes: Uint8Array): Entry {
  const entry: Entry = { dtype: 'other', shape: [], shard: 0, offset: 0, size: 0, crc: 0, slices: 0 };
  for (const wire = Wire.of(bytes, 'the index of the variables'); wire.next();)
    if (wire.field === 1) entry.dtype = dtypeOfNumber(wire.int());
    else if (wire.field === 2) entry.shape = readShape(wire.message());
    else if (wire.field === 3) entry.shard = wire.int();
    else if (wire.field === 4) entry.offset = wire.int();
    else if (wire.field === 5) entry.size = wire.int();
    else if (wire.field === 6) entry.crc = wire.fixed32();
    else if (wire.field === 7) {
      entry.slices++;
      wire.skip();
    } else wire.skip();
  return entry;
}

const pad = (number: number): string => String(number).padStart(5, '0');

const damaged = (variable: string, why: string, cause?: unknown): AppError =>
  new AppError(
    'model.unreadable',
    `variable '${variable}' cannot be read: ${why}. The model's variables are damaged or incomplete: export it again.`,
    { cause },
  );

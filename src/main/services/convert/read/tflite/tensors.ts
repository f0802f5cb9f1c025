import { DTYPES, type DType } from '@shared/model/dtype';
import { AppError } from '@shared/error/app-error';
import type { Quantization } from '@shared/model/tensor';
import { byteLengthOf } from '../../graph/constant';
import { Value, type ConstantData } from '../../graph/ir';
import { quantizationProblem } from '../../graph/verify';
import { RESOURCE_TYPE, SLOTS, TENSOR_TYPE } from '../../schema';
import type { FlatReader, Table } from './flat-reader';

const DTYPE_OF = new Map<number, DType>(DTYPES.map((dtype) => [TENSOR_TYPE[dtype], dtype]));
/** Highest number in enum TensorType today. */
const LAST_TENSOR_TYPE = 22;
const MAX_RANK = 32;

/** The buffers of a file; those without data are undefined. */
export function readBuffers(reader: FlatReader, model: Table): (ConstantData | undefined)[] {
  const known = new Map<number, ConstantData>();
  return model.tables(SLOTS.model.buffers).map((table, index) => {
    const bytes = bufferBytes(reader, table, index);
    if (!bytes) return undefined;
    // Buffers that share their data share the constant.
    const data = known.get(bytes.byteOffset);
    if (data && data.byteLength === bytes.byteLength) return data;
    const fresh = { byteLength: bytes.byteLength, bytes: () => bytes };
    known.set(bytes.byteOffset, fresh);
    return fresh;
  });
}

function bufferBytes(reader: FlatReader, table: Table, index: number): Uint8Array | undefined {
  const data = table.byteVector(SLOTS.buffer.data);
  if (data) return data;
  const offset = table.int64(SLOTS.buffer.offset);
  const size = table.int64(SLOTS.buffer.size);
  // Offsets 0 and 1 mean that there is nothing behind the flatbuffer.
  if (offset <= 1) return undefined;
  if (size < 0 || offset + size > reader.bytes.byteLength)
    reader.refuse(`buffer ${index} reaches beyond the end`, table.offset);
  return reader.bytes.subarray(offset, offset + size);
}

/** Reads a tensor and checks that its type, shape, data and quantization go together. */
export function readTensor(
  reader: FlatReader,
  table: Table,
  index: number,
  buffers: readonly (ConstantData | undefined)[],
): Value {
  const name = table.string(SLOTS.tensor.name) ?? '';
  const what = `tensor ${index} '${name}'`;
  const refuse = (problem: string): never => reader.refuse(`${what} ${problem}`, table.offset);
  const type = table.int8(SLOTS.tensor.type);
  if (type < 0 || type > LAST_TENSOR_TYPE) refuse(`has the unknown type ${type}`);
  const isResource = type === RESOURCE_TYPE;
  const dtype = isResource
    ? 'int32'
    : (DTYPE_OF.get(type) ?? unsupported(`${what} is of type ${type} of TensorType`));
  if (table.has(SLOTS.tensor.sparsity)) unsupported(`${what} is stored sparsely`);

  const shape = table.numbers(SLOTS.tensor.shape, 'int32') ?? [];
  if (shape.length > MAX_RANK) refuse(`has ${shape.length} dimensions`);
  if (shape.some((size) => size < 0)) refuse(`has the shape [${shape.join()}]`);
  if (!Number.isSafeInteger(byteLengthOf({ dtype: 'complex64', shape })))
    refuse(`has the shape [${shape.join()}], which is too large`);

  const index0 = table.uint32(SLOTS.tensor.buffer);
  if (index0 >= Math.max(1, buffers.length)) refuse(`has its data in buffer ${index0} of ${buffers.length}`);
  const isVariable = table.uint8(SLOTS.tensor.isVariable) !== 0;
  const data = constantOf(index0 === 0 ? undefined : buffers[index0], shape);
  const value = new Value(name, { dtype, shape: data ? shape : dynamicShape(table, shape, refuse) });
  if (data) {
    if (isResource) refuse('is a resource and has data');
    if (isVariable) refuse('is variable and has data');
    const bytes = dtype === 'string' ? data.byteLength : byteLengthOf({ dtype, shape });
    if (data.byteLength !== bytes)
      refuse(`has ${data.byteLength} bytes of data and needs ${bytes} for [${shape.join()}] of ${dtype}`);
    value.constant = data;
  }
  value.isVariable = isVariable;
  value.isResource = isResource;
  const quantization = readQuantization(table, what);
  const problem = quantizationProblem(dtype, value.shape, quantization);
  if (problem) refuse(problem);
  value.quantization = quantization;
  return value;
}

/** A buffer without bytes is data only for a tensor without elements. */
const constantOf = (data: ConstantData | undefined, shape: readonly number[]): ConstantData | undefined =>
  data && (data.byteLength > 0 || shape.includes(0)) ? data : undefined;

function dynamicShape(
  table: Table,
  shape: readonly number[],
  refuse: (problem: string) => never,
): readonly number[] {
  const signature = table.numbers(SLOTS.tensor.shapeSignature, 'int32');
  if (!signature || signature.length === 0) return shape;
  const fits =
    signature.length === shape.length && signature.every((size, i) => size === -1 || size === shape[i]);
  if (!fits) refuse(`has the shape [${shape.join()}] and, with dynamic dimensions, [${signature.join()}]`);
  return signature;
}

function readQuantization(tensor: Table, what: string): Quantization | undefined {
  const table = tensor.table(SLOTS.tensor.quantization);
  if (!table) return undefined;
  if (table.uint8(SLOTS.quantization.detailsType) !== 0)
    unsupported(`${what} is quantized in blocks or by a custom scheme`);
  const scale = table.numbers(SLOTS.quantization.scale, 'float32') ?? [];
  const zeroPoint = table.numbers(SLOTS.quantization.zeroPoint, 'int64') ?? [];
  if (scale.length === 0) return undefined;
  return { scale, zeroPoint, axis: table.int32(SLOTS.quantization.axis) };
}

function unsupported(what: string): never {
  throw new AppError(
    'model.unsupported',
    `The TFLite file cannot be used: ${what}, which is not supported. Convert the original model again without it.`,
  );
}

import { ARRAY_OF, BYTES_PER_ELEMENT, bytesOf, type DType } from '@shared/model/dtype';
import { elementCount } from '@shared/model/tensor';
import type { SourceDType, SourceTensor } from '../../source';
import type { Wire } from '@shared/protobuf/wire';
import { packStrings } from './strings';
import { dtypeOfNumber, isTensorDType } from './types';

/** A constant that repeats its last value may claim at most this much: its bytes are not in the file. */
const MAX_REPEATED_BYTES = 256 * 2 ** 20;
const MAX_RANK = 32;
/** TensorFlow's optimizer numbers the dimensions that it does not know -2, -3 ... so as to see which are equal. */
export const UNKNOWN_SIZE = -1;

/** A TensorShapeProto: dimensions with -1 for unknown ones, or undefined for unknown rank. */
export function readShape(wire: Wire): readonly number[] | undefined {
  const shape: number[] = [];
  let unknownRank = false;
  while (wire.next())
    if (wire.field === 2) {
      let size = 0;
      for (const dim = wire.message(); dim.next();)
        if (dim.field === 1) size = dim.int();
        else dim.skip();
      if (!Number.isSafeInteger(size)) throw wire.damaged(`a dimension is ${size}`);
      shape.push(Math.max(size, UNKNOWN_SIZE));
      if (shape.length > MAX_RANK) throw wire.damaged(`a shape has more than ${MAX_RANK} dimensions`);
    } else if (wire.field === 3) unknownRank = wire.bool();
    else wire.skip();
  return unknownRank ? undefined : shape;
}

/**
 * A TensorProto (tensorflow/core/framework/tensor.proto): either all bytes in tensor_content, or a list of values of which the
 * last is repeated. Undefined for types that no tensor of ours has. Repeated values are spread out when they are read.
 */
export function readTensor(wire: Wire): SourceTensor | undefined {
  let type: SourceDType = 'other';
  let shape: readonly number[] = [];
  let content: Uint8Array | undefined;
  const numbers: number[] = [];
  const bigs: bigint[] = [];
  const strings: Uint8Array[] = [];
  while (wire.next())
    switch (wire.field) {
      case 1:
        type = dtypeOfNumber(wire.int());
        break;
      case 2: {
        const known = readShape(wire.message());
        if (!known || known.includes(-1)) throw wire.damaged('a constant has no full shape');
        shape = known;
        break;
      }
      case 4:
        content = wire.bytes();
        break;
      case 5:
      case 9:
        wire.floats(numbers);
        break;
      case 6:
        wire.doubles(numbers);
        break;
      case 7:
      case 11:
      case 13:
      case 16:
        wire.ints(numbers);
        break;
      case 8:
        strings.push(wire.bytes());
        break;
      case 10:
      case 17:
        wire.int64s(bigs);
        break;
      default:
        wire.skip();
    }
  if (!isTensorDType(type)) return undefined;
  const count = elementCount(shape);
  if (!Number.isSafeInteger(count)) throw wire.damaged('a constant has too many elements');
  if (type === 'string') return { dtype: type, shape, data: stringData(strings, count, wire) };
  const dtype = type;
  const byteLength = count * BYTES_PER_ELEMENT[dtype];
  if (content && content.byteLength > 0) {
    if (content.byteLength !== byteLength)
      throw wire.damaged(`a constant of ${byteLength} bytes holds ${content.byteLength}`);
    const bytes = content;
    return { dtype, shape, data: { byteLength, bytes: () => bytes } };
  }
  const given = dtype === 'int64' || dtype === 'uint64' ? bigs.length : numbers.length;
  const elements = dtype === 'complex64' ? count * 2 : count;
  if (given > elements) throw wire.damaged(`a constant of ${count} elements holds ${given} values`);
  if (given < elements && byteLength > MAX_REPEATED_BYTES)
    throw wire.damaged(`a constant repeats one value over ${byteLength} bytes`);
  return { dtype, shape, data: { byteLength, bytes: () => spread(dtype, numbers, bigs, elements) } };
}

function spread(
  dtype: Exclude<DType, 'string'>,
  numbers: number[],
  bigs: bigint[],
  count: number,
): Uint8Array {
  if (dtype === 'int64' || dtype === 'uint64') {
    const array = new ARRAY_OF[dtype](count);
    for (let i = 0; i < bigs.length; i++) array[i] = bigs[i] as bigint;
    if (bigs.length > 0) array.fill(bigs[bigs.length - 1] as bigint, bigs.length);
    return bytesOf(array);
  }
  const array = new ARRAY_OF[dtype](count);
  for (let i = 0; i < numbers.length; i++) array[i] = numbers[i] as number;
  if (numbers.length > 0 && dtype !== 'complex64')
    array.fill(numbers[numbers.length - 1] as number, numbers.length);
  return bytesOf(array);
}

function stringData(strings: readonly Uint8Array[], count: number, wire: Wire): SourceTensor['data'] {
  if (strings.length > count) throw wire.damaged(`a constant of ${count} texts holds ${strings.length}`);
  if (count > 1 << 20 && strings.length < count)
    throw wire.damaged(`a constant repeats one text ${count} times`);
  const last = strings[strings.length - 1] ?? new Uint8Array(0);
  const all = Array.from({ length: count }, (_, i) => strings[i] ?? last);
  const bytes = packStrings(all);
  return { byteLength: bytes.byteLength, bytes: () => bytes };
}

import { AppError } from '../error/app-error';
import { ARRAY_OF, type DType, type TypedArray } from '../model/dtype';
import { elementCount, type Tensor } from '../model/tensor';

const MAX_RANK = 16;

/** Shortest decimal that reads back as the same float32. */
function float32Text(value: number): string {
  for (const digits of [7, 8]) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return String(short);
  }
  return String(Number(value.toPrecision(9)));
}

const textOf = (tensor: Tensor): ((index: number) => string) => {
  const { data, dtype } = tensor;
  if (dtype === 'bool') return (index) => (data[index] ? 'true' : 'false');
  // NaN and the infinities come out as bare tokens, as TensorFlow Serving writes and reads them.
  if (dtype === 'float32') return (index) => float32Text(Number(data[index]));
  return (index) => String(data[index]);
};

/** A tensor as nested JSON arrays. */
export function tensorJson(tensor: Tensor): string {
  const element = textOf(tensor);
  let next = 0;
  const write = (axis: number): string => {
    if (axis === tensor.shape.length) return element(next++);
    const parts: string[] = [];
    for (let i = 0; i < tensor.shape[axis]!; i += 1) parts.push(write(axis + 1));
    return `[${parts.join(',')}]`;
  };
  return write(0);
}

/** A tensor's elements as one flat JSON array. */
export function flatJson(tensor: Tensor): string {
  const element = textOf(tensor);
  return `[${Array.from({ length: tensor.data.length }, (_, i) => element(i)).join(',')}]`;
}

/** AppError `cloud.bad-reply` naming the field. */
export const badReply = (field: string, what: string): AppError =>
  new AppError('cloud.bad-reply', `The reply does not match: ${field} ${what}.`, { details: { field } });

export type PlainType = Exclude<DType, 'string'>;

function store(data: TypedArray, index: number, value: unknown, field: string): void {
  const number = typeof value === 'boolean' ? Number(value) : value;
  if (typeof number !== 'number')
    throw badReply(field, `holds ${value === null ? 'null' : `a ${typeof value}`} where a number belongs`);
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
    if (!Number.isSafeInteger(number)) throw badReply(field, `holds ${number}, which is no exact integer`);
    data[index] = BigInt(number);
  } else data[index] = number;
}

/** Shape of nested arrays along their first elements. */
function shapeOf(value: unknown, field: string): number[] {
  const shape: number[] = [];
  for (let inner = value; Array.isArray(inner); inner = inner[0]) {
    shape.push(inner.length);
    if (shape.length > MAX_RANK) throw badReply(field, `is nested more than ${MAX_RANK} deep`);
  }
  return shape;
}

/** Nested arrays (or one number) as a tensor; AppError `cloud.bad-reply` with the field when they are ragged or hold no numbers. */
export function tensorFromJson(value: unknown, dtype: PlainType, field: string): Tensor {
  const shape = shapeOf(value, field);
  const data: TypedArray = new ARRAY_OF[dtype](elementCount(shape));
  let next = 0;
  const read = (part: unknown, axis: number): void => {
    if (axis === shape.length) {
      store(data, next, part, field);
      next += 1;
      return;
    }
    if (!Array.isArray(part) || part.length !== shape[axis]) throw badReply(field, 'is ragged');
    for (const inner of part) read(inner, axis + 1);
  };
  read(value, 0);
  return { dtype, shape, data };
}

/** A flat or nested array whose shape is told apart from it, as in the Open Inference Protocol. */
export function tensorOfShape(
  value: unknown,
  dtype: PlainType,
  shape: readonly number[],
  field: string,
): Tensor {
  const flat = tensorFromJson(value, dtype, field);
  if (flat.data.length !== elementCount(shape)) {
    throw badReply(field, `has ${flat.data.length} values instead of ${elementCount(shape)}`);
  }
  return { ...flat, shape: [...shape] };
}

/** The bare tokens that are no JSON: NaN and Infinity outside of strings. */
const BARE_TOKEN = /"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g;

/** JSON of a reply; AppError `cloud.bad-reply` when it is none, or holds bare NaN or Infinity. */
export function replyJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const token = [...text.slice(0, 10_000_000).matchAll(BARE_TOKEN)].find(([part]) => !part.startsWith('"'));
    throw badReply(
      'body',
      token === undefined ? 'is not JSON' : `holds ${token[0]}, which is not a number in JSON`,
    );
  }
}

import { constantNumbers } from '../../graph/constant';
import type { Value } from '../../graph/ir';
import { sizeOf } from '../../ops/kit/shapes';
import { constantInts } from './match';

/** An element of an integer tensor: `offset`, plus element `index` of `base` when there is one. */
export interface Affine {
  readonly base: Value | undefined;
  readonly index: number;
  readonly offset: number;
}

/** Values looked through before an element counts as not known further. */
const MAX_DEPTH = 16;

/** What element number `index` (in C order) of a small integer tensor is, seen through PACK, STRIDED_SLICE and ADD. */
export function elementAt(value: Value, index: number, depth = MAX_DEPTH): Affine {
  const unknown: Affine = { base: value, index, offset: 0 };
  const numbers = value.constant && value.constant.byteLength <= 256 ? constantNumbers(value) : undefined;
  const number = numbers?.[numbers.length === 1 ? 0 : index];
  if (number !== undefined) return { base: undefined, index: 0, offset: number };
  const op = value.producer;
  if (!op || depth === 0) return unknown;
  if (op.type === 'PACK' && 'axis' in op.attrs && op.attrs.axis === 0) {
    const inner = sizeOf(value.shape.slice(1));
    const operand = inner > 0 ? op.inputs[Math.floor(index / inner)] : undefined;
    return operand ? elementAt(operand, index % inner, depth - 1) : unknown;
  }
  if (op.type === 'STRIDED_SLICE' && op.input(0).shape.length === 1 && sizeOf(value.shape) === 1) {
    const [begin] = constantInts(op.inputs[1]) ?? [];
    const plain = 'begin_mask' in op.attrs && op.attrs.begin_mask === 0;
    return plain && begin !== undefined && begin >= 0 ? elementAt(op.input(0), begin, depth - 1) : unknown;
  }
  if (op.type === 'ADD') {
    const sides = [op.input(0), op.input(1)].map((side) =>
      elementAt(side, sizeOf(side.shape) === 1 ? 0 : index, depth - 1),
    );
    const [a, b] = sides as [Affine, Affine];
    if (a.base && b.base) return unknown;
    return { ...(a.base ? a : b), offset: a.offset + b.offset };
  }
  return unknown;
}

/** Differences of the elements of two tensors of `count` elements; undefined where one is not known. */
export function differences(a: Value, b: Value, count: number): number[] | undefined {
  const result: number[] = [];
  for (let i = 0; i < count; i++) {
    const [x, y] = [elementAt(a, i), elementAt(b, i)];
    if (x.base !== y.base || (x.base && x.index !== y.index)) return undefined;
    result.push(x.offset - y.offset);
  }
  return result;
}

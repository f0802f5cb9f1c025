import { constantNumbers, constantTensor } from '../../graph/constant';
import type { Graph, Op, Value } from '../../graph/ir';
import { sizeOf } from '../../ops/kit/shapes';

/** Operators that only say the shape of the same elements anew. */
const SHAPING = new Set(['RESHAPE', 'SQUEEZE', 'EXPAND_DIMS']);

export const isShaping = (op: Op | undefined): op is Op => op !== undefined && SHAPING.has(op.type);

/** The operator of `type` that computes `value`. */
export const producedBy = (value: Value | null | undefined, type: string): Op | undefined =>
  value?.producer?.type === type ? value.producer : undefined;

/** Operand of a binary operator that is a float constant, and the other one; undefined when none or both are. */
export interface WithConstant {
  readonly x: Value;
  readonly constant: Value;
  /** True for constant - x, constant / x. */
  readonly constantFirst: boolean;
}

export function withConstant(op: Op): WithConstant | undefined {
  const [a, b] = [op.input(0), op.input(1)];
  if (a.dtype !== 'float32' || Boolean(a.constant) === Boolean(b.constant)) return undefined;
  return b.constant
    ? { x: a, constant: b, constantFirst: false }
    : { x: b, constant: a, constantFirst: true };
}

/** Elements of a float constant; only called once its shape says that there are few. */
export function floatsOf(constant: Value): Float32Array | undefined {
  const tensor = constantTensor(constant);
  return tensor?.dtype === 'float32' ? (tensor.data as Float32Array) : undefined;
}

/** The one number that a constant holds in all elements' place; undefined when it has several. */
export function scalarOf(constant: Value | null | undefined): number | undefined {
  if (!constant?.constant || sizeOf(constant.shape) !== 1) return undefined;
  return constantNumbers(constant)?.[0];
}

/** True when `value` is a constant of one element that is `expected` as far as float32 can tell. */
export function isScalar(value: Value | null | undefined, expected: number): boolean {
  const scalar = scalarOf(value);
  return scalar !== undefined && Math.abs(scalar - expected) <= 1e-6 * Math.abs(expected);
}

/**
 * A constant as one number per channel, for an operand of shape `shape` whose trailing axes hold `channels` elements
 * together. Undefined when it differs along any other axis, or widens the operand.
 */
export function perChannel(
  constant: Value,
  shape: readonly number[],
  channels: number,
): Float32Array | undefined {
  const size = sizeOf(constant.shape);
  if (constant.shape.length > shape.length || size > channels || size < 1) return undefined;
  const data = size === 1 ? floatsOf(constant) : undefined;
  if (data) return new Float32Array(channels).fill(data[0] as number);
  // How many trailing axes make up the channels.
  let first = shape.length;
  let product = 1;
  while (product < channels && first > 0) product *= shape[--first] ?? -1;
  if (product !== channels) return undefined;
  const padded = [
    ...Array.from({ length: shape.length - constant.shape.length }, () => 1),
    ...constant.shape,
  ];
  if (padded.slice(0, first).some((dim) => dim !== 1)) return undefined;
  const values = floatsOf(constant);
  if (!values) return undefined;
  const inner = shape.slice(first);
  const own = padded.slice(first);
  return Float32Array.from({ length: channels }, (_, channel) => {
    let rest = channel;
    let index = 0;
    let step = 1;
    for (let axis = inner.length - 1; axis >= 0; axis--) {
      const dim = inner[axis] as number;
      if (own[axis] !== 1) index += (rest % dim) * step;
      rest = Math.floor(rest / dim);
      step *= own[axis] as number;
    }
    return values[index] as number;
  });
}

/**
 * The operator that computes `value` behind any number of operators that only reshape, each read by none but the next
 * one, `user` being the last.
 */
export function behindShaping(graph: Graph, value: Value, user: Op): Op | undefined {
  let [at, reader] = [value, user];
  while (graph.isOnlyUser(at, reader)) {
    const producer = at.producer;
    if (!isShaping(producer)) return producer;
    [at, reader] = [producer.input(0), producer];
  }
  return undefined;
}

export const constantInts = (value: Value | null | undefined): number[] | undefined =>
  value?.dtype === 'int32' || value?.dtype === 'int64' ? constantNumbers(value) : undefined;

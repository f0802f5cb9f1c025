import type { Value } from '../../graph/ir';
import type { LowerContext } from '../op';
import { emitReshape } from './reshape';
import { broadcastShapes, sameShape, text } from './shapes';

/** Which of two operands repeats itself along an axis. */
type Repeats = 'none' | 'left' | 'right' | 'either';

const repeats = (a: number, b: number): Repeats => {
  if (a === 1 && b === 1) return 'either';
  if (a === 1) return 'left';
  return b === 1 ? 'right' : 'none';
};

/** Axes that follow each other and broadcast alike, as [first, end) of each group. */
const groupsOf = (a: readonly number[], b: readonly number[]): (readonly [number, number])[] => {
  const groups: [number, number][] = [];
  let kind: Repeats = 'either';
  for (let axis = 0; axis < a.length; axis++) {
    const next = repeats(a[axis] ?? 1, b[axis] ?? 1);
    const last = groups.at(-1);
    if (last && (next === kind || next === 'either' || kind === 'either')) last[1] = axis + 1;
    else groups.push([axis, axis + 1]);
    if (next !== 'either') kind = next;
  }
  return groups;
};

const product = (dims: readonly number[]): number =>
  dims.includes(-1) ? -1 : dims.reduce((x, y) => x * y, 1);

/**
 * A binary operator whose kernel broadcasts no more than `limit` dimensions: axes that broadcast alike are made one, and
 * the result gets its shape back. Refuses the node when that is not enough.
 */
export const emitWithinRank = (
  context: LowerContext,
  type: string,
  attrs: object,
  [left, right]: readonly [Value, Value],
  limit: number,
): Value => {
  const rank = Math.max(left.shape.length, right.shape.length);
  if (rank <= limit || sameShape(left.shape, right.shape)) return context.emit1(type, attrs, [left, right]);
  const [a, b] = [left, right].map((value) => [
    ...Array.from({ length: rank - value.shape.length }, () => 1),
    ...value.shape,
  ]) as [number[], number[]];
  const groups = groupsOf(a, b);
  const shape = broadcastShapes(a, b);
  const merge = (dims: readonly number[]): number[] =>
    groups.map(([from, end]) => product(dims.slice(from, end)));
  const dynamic = [merge(a), merge(b), shape].some((dims) => dims.filter((dim) => dim === -1).length > 1);
  if (groups.length > limit || dynamic)
    context.refuse(`TFLite's ${type} broadcasts ${limit} dimensions at most, not ${text(a)} with ${text(b)}`);
  const merged = context.emit1(type, attrs, [
    emitReshape(context, left, merge(a)),
    emitReshape(context, right, merge(b)),
  ]);
  return emitReshape(context, merged, shape);
};

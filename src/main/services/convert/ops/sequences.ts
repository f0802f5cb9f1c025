import { constantNumbers } from '../graph/constant';
import { normalAxis } from './kit/shapes';
import type { LowerContext, Lowering, Lowerings } from './op';
import type { Value } from '../graph/ir';

/** Part [begin, end) of an axis; either bound may be the axis' own. */
const part = (
  context: LowerContext,
  x: Value,
  axis: number,
  begin: number | null,
  end: number | null,
): Value => {
  const rest = ((1 << x.shape.length) - 1) & ~(1 << axis);
  const bounds = (bound: number) => context.ints32(x.shape.map((_, i) => (i === axis ? bound : 0)));
  return context.emit1(
    'STRIDED_SLICE',
    {
      begin_mask: begin === null ? rest | (1 << axis) : rest,
      end_mask: end === null ? rest | (1 << axis) : rest,
      ellipsis_mask: 0,
      new_axis_mask: 0,
      shrink_axis_mask: 0,
      offset: false,
    },
    [x, bounds(begin ?? 0), bounds(end ?? 0), context.ints32(x.shape.map(() => 1))],
  );
};

/** Elements that leave an axis at one end come back at the other. */
const roll: Lowering = (context) => {
  const [shifts, axes] = [context.constantInts(1), context.constantInts(2)];
  let x = context.input(0);
  for (const [i, shift] of shifts.entries()) {
    const axis = normalAxis(axes[i] ?? 0, x.shape.length);
    const dim = x.shape[axis] ?? -1;
    const by = dim > 0 ? ((shift % dim) + dim) % dim : shift;
    if (by === 0) continue;
    const attrs = { axis, fused_activation_function: 0 };
    x = context.emit1('CONCATENATION', attrs, [
      part(context, x, axis, -by, null),
      part(context, x, axis, null, -by),
    ]);
  }
  return x;
};

const linSpace: Lowering = (context) => {
  const [start, stop, count] = [0, 1, 2].map((i) => constantNumbers(context.input(i))?.[0]);
  if (start === undefined || stop === undefined || count === undefined)
    return context.refuse('its bounds are computed at run time and have to be constants');
  const step = count > 1 ? (stop - start) / (count - 1) : 0;
  const data = Float32Array.from({ length: count }, (_, i) =>
    i === count - 1 && i > 0 ? stop : start + i * step,
  );
  return context.tensor({ dtype: 'float32', shape: [count], data });
};

const invertPermutation: Lowering = (context) => {
  const permutation = context.constantInts(0);
  return context.ints32(permutation.map((_, i) => permutation.indexOf(i)));
};

/** Sequences that are known beforehand, and elements moved round an axis. */
export const lowerings: Lowerings = { Roll: roll, LinSpace: linSpace, InvertPermutation: invertPermutation };

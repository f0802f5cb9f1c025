import type { ShapeElement, Value } from '../../graph/ir';
import { TENSOR_TYPE } from '../../schema';
import type { LowerContext } from '../op';
import { calculator } from './math';
import { emitReshape } from './reshape';

/** A dimension of a result: the product of its factors. */
export type Factors = readonly Exclude<ShapeElement, 'unknown'>[];

const numberOf = (factors: Factors): number | undefined =>
  factors.reduce<number | undefined>(
    (product, factor) => (typeof factor === 'number' && product !== undefined ? product * factor : undefined),
    1,
  );

/** The size of a dimension, as an int32 scalar. */
export const sizeAt = (context: LowerContext, value: Value, axis: number): Value => {
  const shape = context.emit1('SHAPE', { out_type: TENSOR_TYPE.int32 }, [value]);
  return context.emit1(
    'STRIDED_SLICE',
    { begin_mask: 0, end_mask: 0, ellipsis_mask: 0, new_axis_mask: 0, shrink_axis_mask: 1, offset: false },
    [shape, ...[axis, axis + 1, 1].map((bound) => context.ints32([bound]))],
  );
};

const scalarOf = (context: LowerContext, factors: Factors): Value => {
  const scalars = factors.map((factor) =>
    typeof factor === 'number' ? context.scalar('int32', factor) : sizeAt(context, factor.value, factor.axis),
  );
  const { mul } = calculator(context);
  return scalars.reduce((product, scalar) => mul(product, scalar));
};

/**
 * `value` in a shape of which any number of dimensions may be known only at run time. Dimensions keep their order; they
 * are put together, taken apart, or 1: where each is one that `value` has, nothing is added.
 */
export const emitReshapeTo = (context: LowerContext, value: Value, dims: readonly Factors[]): Value => {
  const isAxis = ([factor, ...others]: Factors, axis: number): boolean =>
    others.length === 0 && (typeof factor === 'number' ? factor : -1) === value.shape[axis];
  if (dims.length === value.shape.length && dims.every(isAxis)) return value;
  const numbers = dims.map(numberOf);
  if (numbers.filter((dim) => dim === undefined).length <= 1)
    return emitReshape(
      context,
      value,
      numbers.map((dim) => dim ?? -1),
    );
  const shape = context.emit1(
    'PACK',
    { values_count: dims.length, axis: 0 },
    dims.map((dim) => scalarOf(context, dim)),
  );
  return context.emit1('RESHAPE', {}, [value, shape]);
};

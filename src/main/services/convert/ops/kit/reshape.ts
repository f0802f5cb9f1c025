import type { ShapeElement, Value } from '../../graph/ir';
import type { LowerContext } from '../op';
import { castTo } from './cast';
import { asDims } from './constants';
import { sameShape, sizeOf } from './shapes';

/** Operators that keep the elements' order and change only the shape. */
const RESHAPERS = new Set(['RESHAPE', 'EXPAND_DIMS', 'SQUEEZE']);

/**
 * The target of a RESHAPE as a constant, when at most one of its elements is not known; undefined otherwise. What is not
 * known becomes -1, which the runtime works out.
 */
export const constantTarget = (elements: readonly ShapeElement[]): number[] | undefined => {
  const dims = asDims(elements);
  return dims.filter((dim) => dim === -1).length <= 1 ? dims : undefined;
};

/**
 * `value` in the shape `dims`, of which at most one is -1. Nothing is added when it has that shape already, and a reshape
 * of a reshape becomes one.
 */
export const emitReshape = (context: LowerContext, value: Value, dims: readonly number[]): Value => {
  if (sameShape(value.shape, dims) && dims.filter((dim) => dim === -1).length <= 1) return value;
  const { producer } = value;
  if (producer && RESHAPERS.has(producer.type) && !dims.includes(0))
    return emitReshape(context, producer.input(0), dims);
  return context.emit1('RESHAPE', {}, [value, context.ints32(dims)]);
};

/** The shape that RESHAPE gives to `input` for a target in which -1 stands for what is left over or not known. */
export const reshapedShape = (input: readonly number[], target: readonly number[]): readonly number[] => {
  const total = sizeOf(input);
  const open = target.indexOf(-1);
  if (total === -1 || target.filter((dim) => dim === -1).length > 1) return target;
  const rest = target.reduce((product, dim) => (dim === -1 ? product : product * dim), 1);
  if (open === -1 ? rest !== total : rest === 0 ? total !== 0 : total % rest !== 0)
    throw new Error(`${total} elements do not fit into the shape [${target.join(',')}]`);
  return target.map((dim) => (dim === -1 ? (rest === 0 ? 0 : total / rest) : dim));
};

/** `value` as an int32 tensor: shapes, axes and indices that kernels take in that type only. */
export const asInt32 = (context: LowerContext, value: Value): Value => castTo(context, value, 'int32');

import { ARRAY_OF, type DType, type TypedArray } from '@shared/model/dtype';
import { constantNumbers } from '../../graph/constant';
import type { ShapeElement, Value } from '../../graph/ir';
import { sizeOf } from './shapes';

/** Above this many elements a tensor is no shape, and its elements are not looked at. */
const SHAPE_LIMIT = 64;

/**
 * What is known of each element of a small integer tensor, constant or not; undefined when it is no such tensor, or its
 * number of elements is dynamic.
 */
export const elementsOf = (value: Value | null): readonly ShapeElement[] | undefined => {
  if (!value || (value.dtype !== 'int32' && value.dtype !== 'int64')) return undefined;
  const count = sizeOf(value.shape);
  if (count < 0 || count > SHAPE_LIMIT) return undefined;
  if (value.constant) return constantNumbers(value);
  return value.shapeElements ?? Array.from({ length: count }, () => 'unknown' as const);
};

/** Elements in which something is known, for Value.shapeElements; undefined when nothing is. */
export const known = (elements: readonly ShapeElement[] | undefined): readonly ShapeElement[] | undefined =>
  elements?.some((element) => element !== 'unknown') ? elements : undefined;

/** True when both are surely the same number. */
export const sameElement = (a: ShapeElement, b: ShapeElement): boolean => {
  if (typeof a === 'object' && typeof b === 'object') return a.value === b.value && a.axis === b.axis;
  return a === b && a !== 'unknown';
};

/** Elements of a shape as dimensions: what is not known becomes -1. */
export const asDims = (elements: readonly ShapeElement[]): number[] =>
  elements.map((element) => (typeof element === 'number' ? element : -1));

/** Dimension `axis` of a tensor as a shape's element: its number, or the dimension itself where it is dynamic. */
export const dimElement = (value: Value, axis: number): Exclude<ShapeElement, 'unknown'> => {
  const dim = value.shape[axis];
  if (dim === undefined) throw new Error(`'${value.name}' has no dimension ${axis}`);
  return dim === -1 ? { value, axis } : dim;
};

/** A new array of `count` zeros of an element type; undefined for strings. */
export const newArray = (dtype: DType, count: number): TypedArray | undefined =>
  dtype === 'string' ? undefined : new ARRAY_OF[dtype](dtype === 'complex64' ? 2 * count : count);

/** Arithmetic on shapes in which -1 is a dimension known only at run time. */

/** Number of elements, or -1 when a dimension is dynamic (0 as soon as one is empty). */
export const sizeOf = (shape: readonly number[]): number => {
  if (shape.includes(0)) return 0;
  return shape.includes(-1) ? -1 : shape.reduce((a, b) => a * b, 1);
};

export const isStatic = (shape: readonly number[]): boolean => !shape.includes(-1);

export const sameShape = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((dim, i) => dim === b[i]);

/** True when the shapes may be equal at run time. */
export const compatible = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((dim, i) => dim === b[i] || dim === -1 || b[i] === -1);

/** The shape two operands broadcast to by numpy's rule. Throws when they do not. */
export const broadcastShapes = (a: readonly number[], b: readonly number[]): number[] => {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const x = a[i - rank + a.length] ?? 1;
    const y = b[i - rank + b.length] ?? 1;
    if (x === y || y === 1) return x;
    if (x === 1) return y;
    // A dynamic dimension beside a known one other than 1 must turn out to be 1 or equal to it.
    if (x === -1) return y;
    if (y === -1) return x;
    throw new Error(`shapes ${text(a)} and ${text(b)} do not broadcast`);
  });
};

/** `axis` counted from the front; throws when it is outside of the rank. */
export const normalAxis = (axis: number, rank: number): number => {
  const normal = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(axis) || normal < 0 || normal >= rank)
    throw new Error(`axis ${axis} is outside of rank ${rank}`);
  return normal;
};

/** Row-major strides in elements; the shape must be static. */
export const stridesOf = (shape: readonly number[]): number[] => {
  const strides: number[] = Array.from({ length: shape.length }, () => 1);
  for (let i = shape.length - 2; i >= 0; i--) strides[i] = (strides[i + 1] ?? 1) * (shape[i + 1] ?? 1);
  return strides;
};

/** A shape for messages: [?,224,224,3]. */
export const text = (shape: readonly number[]): string =>
  `[${shape.map((dim) => (dim === -1 ? '?' : dim)).join(',')}]`;

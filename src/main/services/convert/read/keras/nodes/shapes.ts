/** Arithmetic on shapes in which -1 is a dynamic dimension. */

export const isKnown = (size: number): boolean => size >= 0;

/** Product of dimensions; -1 when one of them is dynamic. */
export const product = (shape: readonly number[]): number =>
  shape.some((size) => size < 0) ? -1 : shape.reduce((a, b) => a * b, 1);

/** A dimension computed from another one, which may be dynamic. */
export const mapSize = (size: number, map: (size: number) => number): number => (size < 0 ? -1 : map(size));

/** Turns an axis that may count from the end into one that does not. */
export const axisOf = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

export function broadcast(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const x = a[a.length - rank + i] ?? 1;
    const y = b[b.length - rank + i] ?? 1;
    if (x === 1) return y;
    if (y === 1 || x === y) return x;
    return x < 0 ? y : x;
  });
}

/** Length of a window operation's output along one dimension. */
export function windowed(
  size: number,
  window: number,
  stride: number,
  dilation: number,
  same: boolean,
): number {
  return mapSize(size, (n) =>
    same ? Math.ceil(n / stride) : Math.floor((n - ((window - 1) * dilation + 1)) / stride) + 1,
  );
}

/** [front, back] that makes the output of a window operation ceil(size / stride) long, as TensorFlow's SAME does. */
export function samePadding(
  size: number,
  window: number,
  stride: number,
  dilation: number,
): [number, number] {
  const reach = (window - 1) * dilation + 1;
  const total = Math.max(0, (Math.ceil(size / stride) - 1) * stride + reach - size);
  return [Math.floor(total / 2), total - Math.floor(total / 2)];
}

import type { ConstantTensor } from '../op';

/** Applies `f` to each row along the last axis of a float32 constant. */
export function foldRows(
  [input]: readonly (ConstantTensor | null)[],
  f: (row: number[]) => number[],
): readonly Float32Array[] | undefined {
  if (input?.dtype !== 'float32') return undefined;
  const data = input.data as Float32Array;
  const length = input.shape[input.shape.length - 1] ?? 1;
  const result = new Float32Array(data.length);
  for (let at = 0; at < data.length; at += length)
    result.set(f(Array.from(data.subarray(at, at + length))), at);
  return [result];
}

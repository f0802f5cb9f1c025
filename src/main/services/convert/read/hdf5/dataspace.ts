import type { Cursor } from './cursor';
import { damaged } from './damaged';
import { type Hdf5File, LIMITS } from './format';

/** Reads a dataspace message (IV.A.2.b): the shape; [] for a scalar, undefined for the null space. */
export function readDataspace(file: Hdf5File, cursor: Cursor, path: string): number[] | undefined {
  const version = cursor.u8();
  if (version !== 1 && version !== 2) throw damaged(path, `a dataspace of version ${version}`);
  const rank = cursor.u8();
  if (rank > LIMITS.rank) throw damaged(path, `a shape of ${rank} dimensions`);
  cursor.skip(1);
  if (version === 1) cursor.skip(5);
  else if (cursor.u8() === 2) return undefined;
  return Array.from({ length: rank }, () => cursor.uint(file.lengthSize));
}

/** Product of a shape; refuses what no memory could hold, before anything is allocated. */
export function checkedCount(
  shape: readonly number[],
  elementBytes: number,
  limitBytes: number,
  path: string,
): number {
  let count = 1;
  for (const dimension of shape) {
    count *= dimension;
    if (!(count * Math.max(1, elementBytes) <= limitBytes))
      throw damaged(path, `a shape of [${shape.join(', ')}], more than can be stored there`);
  }
  return count;
}

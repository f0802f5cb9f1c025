import { seededRandom, shuffle, type Random } from './random';

/** Runs on each side of a change, at least. */
const MINIMUM_SIDE = 3;
const PERMUTATIONS = 199;
const SIGNIFICANCE = 0.01;

export interface Change {
  /** Index of the first run after the change. */
  readonly position: number;
  readonly probability: number;
}

/** Sums of |x - y| over the launches of every two runs: what the energy statistic needs, whatever the order of the runs. */
function distanceSums(runs: readonly (readonly number[])[]): number[][] {
  return runs.map((a) =>
    runs.map((b) => a.reduce((total, x) => total + b.reduce((sum, y) => sum + Math.abs(x - y), 0), 0)),
  );
}

/** The split with the largest energy distance between its sides (Matteson and James, E-divisive), weighted by their sizes. */
function bestSplit(
  sums: readonly (readonly number[])[],
  sizes: readonly number[],
  order: readonly number[],
): { position: number; energy: number } {
  const count = order.length;
  const row = (index: number) => sums[order[index]!]!;
  const size = (index: number) => sizes[order[index]!]!;
  // Moved from the right to the left side one run after another, so that each split costs one pass.
  let within = { left: 0, right: 0 };
  let between = 0;
  let m = 0;
  let n = 0;
  for (let i = 0; i < count; i += 1) {
    n += size(i);
    for (let j = 0; j < count; j += 1) within.right += row(i)[order[j]!]!;
  }
  let best = { position: 0, energy: 0 };
  for (let position = 1; position < count; position += 1) {
    const moved = row(position - 1);
    let toLeft = 0;
    let toRight = 0;
    for (let j = 0; j < position - 1; j += 1) toLeft += moved[order[j]!]!;
    for (let j = position; j < count; j += 1) toRight += moved[order[j]!]!;
    const self = moved[order[position - 1]!]!;
    within = { left: within.left + 2 * toLeft + self, right: within.right - 2 * toRight - self };
    between += toRight - toLeft;
    m += size(position - 1);
    n -= size(position - 1);
    if (position < MINIMUM_SIDE || count - position < MINIMUM_SIDE) continue;
    const distance = (2 * between) / (m * n) - within.left / (m * m) - within.right / (n * n);
    const energy = ((m * n) / (m + n)) * distance;
    if (energy > best.energy) best = { position, energy };
  }
  return best;
}

function significance(
  sums: readonly (readonly number[])[],
  sizes: readonly number[],
  order: readonly number[],
  energy: number,
  random: Random,
): number {
  let asLarge = 1;
  const permuted = [...order];
  for (let i = 0; i < PERMUTATIONS; i += 1) {
    // Whole runs change places: launches of one run belong together.
    shuffle(permuted, random);
    if (bestSplit(sums, sizes, permuted).energy >= energy) asLarge += 1;
  }
  return asLarge / (PERMUTATIONS + 1);
}

/**
 * Where a series of runs changes its level, ascending. Each run is given by its launches' medians; none may be empty.
 * Deterministic: the permutation test is seeded.
 */
export function changePoints(runs: readonly (readonly number[])[], seed = 1): Change[] {
  const sums = distanceSums(runs);
  const sizes = runs.map((launches) => launches.length);
  const random = seededRandom(seed);
  const search = (start: number, end: number): Change[] => {
    if (end - start < 2 * MINIMUM_SIDE) return [];
    const order = Array.from({ length: end - start }, (_, index) => start + index);
    const { position, energy } = bestSplit(sums, sizes, order);
    if (energy <= 0) return [];
    const probability = significance(sums, sizes, order, energy, random);
    if (probability > SIGNIFICANCE) return [];
    const middle = start + position;
    return [...search(start, middle), { position: middle, probability }, ...search(middle, end)];
  };
  return search(0, runs.length);
}

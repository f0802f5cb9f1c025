/** Below this many values sorting is quickest. */
const FEW = 4096;
const BUCKETS = 4096;

const sortedValues = (values: ArrayLike<number>): Float64Array => new Float64Array(values).sort();

/** Values put into buckets of equal width, in the order of the buckets. */
interface Buckets {
  readonly values: Float64Array;
  /** Where each bucket begins; one more at the end. */
  readonly starts: Uint32Array;
}

function bucketed(values: ArrayLike<number>, least: number, most: number): Buckets {
  const scale = BUCKETS / (most - least);
  const count = values.length;
  const places = new Uint16Array(count);
  const starts = new Uint32Array(BUCKETS + 1);
  for (let i = 0; i < count; i += 1) {
    const place = Math.min(BUCKETS - 1, Math.floor((values[i]! - least) * scale));
    places[i] = place;
    starts[place + 1]! += 1;
  }
  for (let i = 0; i < BUCKETS; i += 1) starts[i + 1]! += starts[i]!;
  const next = starts.slice();
  const ordered = new Float64Array(count);
  for (let i = 0; i < count; i += 1) ordered[next[places[i]!]!++] = values[i]!;
  return { values: ordered, starts };
}

/**
 * The values that sorting would put at some places (ascending, from 0, each below the count), found in a few passes instead of
 * a sort. Finite values only.
 */
export function valuesAtRanks(values: ArrayLike<number>, ranks: readonly number[]): number[] {
  if (values.length <= FEW) {
    const ascending = sortedValues(values);
    return ranks.map((rank) => ascending[rank]!);
  }
  let [least, most] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i]!;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  if (!(most > least)) return ranks.map(() => values[0]!);
  const { values: ordered, starts } = bucketed(values, least, most);
  const found: number[] = [];
  let bucket = 0;
  while (found.length < ranks.length) {
    const rank = ranks[found.length]!;
    while (rank >= starts[bucket + 1]!) bucket += 1;
    const [first, end] = [starts[bucket]!, starts[bucket + 1]!];
    const inside: number[] = [];
    for (let i = found.length; i < ranks.length && ranks[i]! < end; i += 1) inside.push(ranks[i]! - first);
    found.push(...valuesAtRanks(ordered.subarray(first, end), inside));
  }
  return found;
}

import type { TensorRange } from '@main/ports/range-collector';

type Histogram = NonNullable<TensorRange['histogram']>;

/**
 * The ranges of two parts of the samples as one run over all of them would have found them, bit for bit: the runner's bins
 * are 2^e wide and lie on multiples of that, so that joining them moves no value to another bin (runner/src/ranges.c).
 */
export function mergeRanges(parts: readonly (readonly TensorRange[])[]): TensorRange[] {
  const merged = new Map<string, TensorRange>();
  for (const range of parts.flat()) {
    const key = `${range.subgraph}:${range.tensor}`;
    const before = merged.get(key);
    merged.set(key, before ? join(before, range) : range);
  }
  return Array.from(merged.values()).sort((a, b) => a.subgraph - b.subgraph || a.tensor - b.tensor);
}

function join(a: TensorRange, b: TensorRange): TensorRange {
  const { subgraph, tensor } = a;
  const nonFinite = a.nonFinite + b.nonFinite;
  const min = least(a.min, b.min);
  const max = -least(-a.max, -b.max);
  const histogram =
    a.histogram && b.histogram
      ? joinHistograms(a.histogram, b.histogram, min, max)
      : (a.histogram ?? b.histogram);
  return { subgraph, tensor, min, max, nonFinite, ...(histogram ? { histogram } : {}) };
}

/** A part without any finite value has no least one (NaN). */
const least = (a: number, b: number): number => (Number.isNaN(a) || b < a ? b : a);

function joinHistograms(a: Histogram, b: Histogram, min: number, max: number): Histogram {
  const bins = a.counts.length;
  const widthOf = (histogram: Histogram): number => (histogram.max - histogram.min) / bins;
  let width = Math.max(widthOf(a), widthOf(b));
  while (Math.floor(max / width) - Math.floor(min / width) >= bins) width *= 2;
  const first = Math.floor(min / width);
  const counts = Array.from({ length: bins }, () => 0);
  for (const histogram of [a, b]) {
    const own = widthOf(histogram);
    const start = Math.round(histogram.min / own);
    for (const [i, count] of histogram.counts.entries()) {
      const bin = Math.floor(((start + i) * own) / width) - first;
      if (count > 0) counts[bin] = (counts[bin] ?? 0) + count;
    }
  }
  return { min: first * width, max: (first + bins) * width, counts };
}

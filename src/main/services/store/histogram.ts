import { VarintReader, VarintWriter } from './varint';

// Each power of two is cut into this many buckets, so a bucket's middle is within 1/256 of every value in it.
const STEPS = 128;

/** Counts by bucket; ascending, without empty buckets. Histograms of parts can be added. */
export type Histogram = ReadonlyMap<number, number>;

// Bits of a step's index, and the exponent below which every value has a bucket of its own.
const STEP_BITS = 7;

function bucketOf(valueNs: number): number {
  if (valueNs < STEPS) return valueNs;
  let shifted = valueNs;
  let exponent = 0;
  // Bit operations work on 32 bits only.
  while (shifted >= 2 ** 31) {
    shifted = Math.floor(shifted / 2 ** 16);
    exponent += 16;
  }
  const power = 31 - Math.clz32(shifted);
  return (power + exponent - STEP_BITS + 1) * STEPS + (shifted >>> (power - STEP_BITS)) - STEPS;
}

/** More than the bucket of 2^53. */
const BUCKETS = 48 * STEPS;

/** Lowest value of a bucket and the first one above it, in ns. */
export function bucketBounds(bucket: number): readonly [number, number] {
  if (bucket < STEPS) return [bucket, bucket + 1];
  const power = Math.floor(bucket / STEPS) + 6;
  const step = bucket % STEPS;
  return [2 ** power * (1 + step / STEPS), 2 ** power * (1 + (step + 1) / STEPS)];
}

export function histogramOf(samplesNs: ArrayLike<number>): Histogram {
  const counts = new Uint32Array(BUCKETS);
  for (let i = 0; i < samplesNs.length; i += 1) counts[bucketOf(samplesNs[i]!)]! += 1;
  const histogram = new Map<number, number>();
  for (const [bucket, count] of counts.entries()) if (count > 0) histogram.set(bucket, count);
  return histogram;
}

export function mergeHistograms(histograms: readonly Histogram[]): Histogram {
  const counts = new Map<number, number>();
  for (const histogram of histograms) {
    for (const [bucket, count] of histogram) counts.set(bucket, (counts.get(bucket) ?? 0) + count);
  }
  return new Map([...counts].sort((a, b) => a[0] - b[0]));
}

export function encodeHistogram(histogram: Histogram): Uint8Array {
  const writer = new VarintWriter(histogram.size * 3);
  let previous = 0;
  for (const [bucket, count] of histogram) {
    writer.write(bucket - previous);
    writer.write(count);
    previous = bucket;
  }
  return writer.finish();
}

export function decodeHistogram(bytes: Uint8Array): Histogram {
  const reader = new VarintReader(bytes);
  const counts = new Map<number, number>();
  let bucket = 0;
  for (let step = reader.read(); step !== undefined; step = reader.read()) {
    bucket += step;
    counts.set(bucket, reader.read() ?? 0);
  }
  return counts;
}

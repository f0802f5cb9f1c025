import { percentileOfSorted, sorted } from './percentile';

/** A series cut into stretches: where each begins, and its smallest, middle, 95th of 100 and largest value. */
export interface Envelope {
  readonly index: number[];
  readonly low: number[];
  readonly median: number[];
  readonly p95: number[];
  readonly high: number[];
}

/** At most `limit` stretches of equal length (the last may be shorter), so that no outlier is lost. */
export function envelopeOf(values: Float64Array | readonly number[], limit: number): Envelope {
  const envelope: Envelope = { index: [], low: [], median: [], p95: [], high: [] };
  const length = Math.max(1, Math.ceil(values.length / limit));
  for (let start = 0; start < values.length; start += length) {
    const ascending = sorted(values.slice(start, start + length));
    envelope.index.push(start);
    envelope.low.push(ascending[0] ?? Number.NaN);
    envelope.median.push(percentileOfSorted(ascending, 50));
    envelope.p95.push(percentileOfSorted(ascending, 95));
    envelope.high.push(ascending[ascending.length - 1] ?? Number.NaN);
  }
  return envelope;
}

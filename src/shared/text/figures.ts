import type { RunSummary } from '../model/run';
import { OUR_RUNNER } from '../model/runner';

const ABSENT = '–';

const significant = (value: number): string => {
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (size >= 100) return value.toFixed(0);
  if (size >= 10) return value.toFixed(1);
  return size >= 1 ? value.toFixed(2) : value.toFixed(3);
};

/** Nanoseconds as the unit that reads best; never depends on the locale. */
export function durationText(ns: number | null | undefined): string {
  if (ns === null || ns === undefined || !Number.isFinite(ns)) return ABSENT;
  if (ns < 1e3) return `${ns.toFixed(0)} ns`;
  if (ns < 1e6) return `${significant(ns / 1e3)} µs`;
  return ns < 1e10 ? `${significant(ns / 1e6)} ms` : `${significant(ns / 1e9)} s`;
}

/** The median; of a runner that gives statistics only, which have none over several launches, the mean, and that it is one. */
export const typicalText = (
  { latency, runner }: Pick<RunSummary, 'latency' | 'runner'>,
  text: (ns: number | null | undefined) => string,
): string =>
  latency && latency.p50Ns === null && runner !== OUR_RUNNER
    ? `mean ${text(latency.meanNs)}`
    : text(latency?.p50Ns);

/** Milliseconds without their unit, for columns that have it in their title. */
export const millisText = (ns: number | null | undefined): string =>
  ns === null || ns === undefined
    ? ABSENT
    : ns < 1e6
      ? (ns / 1e6).toFixed(4)
      : (ns / 1e6).toFixed(ns < 1e8 ? 3 : 1);

export function bytesText(bytes: number | null | undefined): string {
  if (bytes === null || bytes === undefined) return ABSENT;
  if (bytes < 1000) return `${bytes.toFixed(0)} B`;
  if (bytes < 1e6) return `${significant(bytes / 1e3)} kB`;
  return bytes < 1e9 ? `${significant(bytes / 1e6)} MB` : `${significant(bytes / 1e9)} GB`;
}

export const percentText = (share: number | null | undefined, digits = 1): string =>
  share === null || share === undefined ? ABSENT : `${(share * 100).toFixed(digits)} %`;

/** Small errors in scientific notation, dimensionless figures otherwise. */
export function figureText(value: number | null | undefined): string {
  if (value === null || value === undefined) return ABSENT;
  return value !== 0 && Math.abs(value) < 0.001 ? value.toExponential(1) : significant(value);
}

export const wholeText = (value: number): string => Math.round(value).toLocaleString('en-US');

/** A figure of a comparison line, in the unit of that line. */
export function lineText(line: string, value: number | null): string {
  if (value === null) return ABSENT;
  if (line.startsWith('latency')) return durationText(value);
  if (line === 'offline') return value === 1 ? 'yes' : 'no';
  if (line === 'memory' || line === 'appSize' || line === 'bytesSent') return bytesText(value);
  if (line === 'accuracy') return percentText(value);
  if (line === 'energy') return `${significant(value)} µJ`;
  return line === 'throughput' ? `${significant(value)}/s` : significant(value);
}

import { MAX_NS, type ToldLatency } from '@shared/model/run';

const MOST_RUNS = 20_000_000;

export interface Statistics {
  readonly latency: ToldLatency;
  readonly firstNs: number;
}

const DECIMAL = /^\d+(?:\.\d*)?(?:e[-+]?\d+)?$/;

/** Nanoseconds of a time in microseconds; undefined for one that cannot be. */
export function nsOf(microseconds: string | number | undefined): number | undefined {
  if (typeof microseconds === 'string' && !DECIMAL.test(microseconds)) return undefined;
  const ns = Math.round(Number(microseconds) * 1000);
  return Number.isFinite(ns) && ns >= 0 && ns <= MAX_NS ? ns : undefined;
}

/**
 * A line of statistics in microseconds (tsl/util/stats_calculator.h, OutputToStream): "count=50 first=… curr=… min=… max=… avg=… std=…",
 * in newer tools with p5, median and p95; where all runs took equally long, "count=50 curr=…(all same)". `impossible` when no
 * clock can give its figures, `none` for no runs, undefined when it is no such line.
 */
export function readStatistics(line: string): Statistics | 'impossible' | 'none' | undefined {
  if (!/^(?:count|curr)=/.test(line)) return undefined;
  const given = new Map([...line.matchAll(/([a-z]\w*)=([^\s(]*)/g)].map((match) => [match[1], match[2]]));
  const samples = Number(given.get('count'));
  if (samples === 0) return 'none';
  if (!Number.isInteger(samples) || samples < 1 || samples > MOST_RUNS) return 'impossible';
  const same = line.includes('(all same)') || samples === 1 ? given.get('curr') : undefined;
  const time = (name: string): number | undefined => nsOf(given.get(name) ?? same);
  const first = given.has('first') ? 'first' : 'curr';
  const [minNs, maxNs, meanNs, firstNs] = [time('min'), time('max'), time('avg'), time(first)];
  if (minNs === undefined || maxNs === undefined || meanNs === undefined || firstNs === undefined)
    return 'impossible';
  if (!within(meanNs, minNs, maxNs) || !within(firstNs, minNs, maxNs)) return 'impossible';
  const more = {
    standardDeviationNs: same === undefined ? nsOf(given.get('std')) : 0,
    p5Ns: nsOf(given.get('p5')),
    p50Ns: nsOf(given.get('median')),
    p95Ns: nsOf(given.get('p95')),
  };
  if (outOfOrder([minNs, more.p5Ns, more.p50Ns, more.p95Ns, maxNs])) return 'impossible';
  return { firstNs, latency: { samples, meanNs, minNs, maxNs, ...definedOnly(more) } };
}

/** The mean is printed with six digits, so it may lie as far beyond an extreme. */
const within = (value: number, low: number, high: number): boolean =>
  value >= low * (1 - 1e-5) && value <= high * (1 + 1e-5);

const outOfOrder = (values: readonly (number | undefined)[]): boolean => {
  const known = values.filter((value) => value !== undefined);
  return known.some((value, i) => value < (known[i - 1] ?? 0));
};

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

export const definedOnly = <T extends object>(fields: T): Defined<T> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>;

/** A logarithmic axis from `low` to `high` (both > 0) over pixels, with ticks at 1, 2 and 5 times powers of ten. */
export interface LogScale {
  readonly ticks: readonly number[];
  at(value: number): number;
}

export function logScale(low: number, high: number, from: number, to: number): LogScale {
  // A single value still gets an axis around it.
  const start = Math.max(1, low) / (high / low < 1.2 ? 1.2 : 1.05);
  const end = Math.max(1, high) * (high / low < 1.2 ? 1.2 : 1.05);
  const width = Math.log(end / start);
  const all: number[] = [];
  for (let power = Math.floor(Math.log10(start)); power <= Math.ceil(Math.log10(end)); power += 1) {
    for (const step of [1, 2, 5]) {
      const tick = step * 10 ** power;
      if (tick >= start && tick <= end) all.push(tick);
    }
  }
  // Only powers of ten where there would be too many to read.
  const ticks =
    all.length <= 9 ? all : all.filter((tick) => Number.isInteger(Math.round(Math.log10(tick) * 1e9) / 1e9));
  return {
    ticks,
    at: (value) => from + (Math.log(Math.max(value, start) / start) / width) * (to - from),
  };
}

/** Coordinates with one decimal: small files, the same on every machine. */
export const pixel = (value: number): string => String(Math.round(value * 10) / 10);

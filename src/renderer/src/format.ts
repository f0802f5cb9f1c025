/** Figures as people read them; a missing one is a dash. */
export const bytesText = (bytes: number | null | undefined): string =>
  bytes == null
    ? '–'
    : bytes < 1000
      ? `${bytes} B`
      : bytes < 1e6
        ? `${(bytes / 1e3).toFixed(1)} kB`
        : `${(bytes / 1e6).toFixed(2)} MB`;

export const latencyText = (ns: number | null | undefined): string =>
  ns == null
    ? '–'
    : ns < 1e6
      ? `${(ns / 1e3).toFixed(ns < 1e5 ? 2 : 1)} µs`
      : `${(ns / 1e6).toFixed(ns < 1e8 ? 2 : 0)} ms`;

export const percentText = (share: number | null | undefined, digits = 1): string =>
  share == null ? '–' : `${(share * 100).toFixed(digits)} %`;

export const dateText = (iso: string): string =>
  new Date(iso).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });

export const shapeText = (shape: readonly number[]): string =>
  `[${shape.map((dim) => (dim < 0 ? '?' : dim)).join(', ')}]`;

/** Figures as people read them; a missing one is a dash. */
export const bytesText = (bytes: number | null | undefined): string =>
  bytes == null
    ? '–'
    : bytes < 1000
      ? `${bytes} B`
      : bytes < 1e6
        ? `${(bytes / 1e3).toFixed(1)} kB`
        : bytes < 1e9
          ? `${(bytes / 1e6).toFixed(bytes < 1e7 ? 2 : 1)} MB`
          : `${(bytes / 1e9).toFixed(2)} GB`;

/** Whole numbers with their thousands apart. */
export const countText = (count: number | null | undefined): string =>
  count == null ? '–' : String(count).replaceAll(/\B(?=(\d{3})+$)/g, '\u2009');

/** Three digits that count, with the unit that suits. */
export const latencyText = (ns: number | null | undefined): string => {
  if (ns == null) return '–';
  const [value, unit] = ns < 1e6 ? [ns / 1e3, 'µs'] : ns < 1e9 ? [ns / 1e6, 'ms'] : [ns / 1e9, 's'];
  return `${value.toFixed(value < 9.995 ? 2 : value < 99.95 ? 1 : 0)} ${unit}`;
};

export const percentText = (share: number | null | undefined, digits = 1): string =>
  share == null ? '–' : `${(share * 100).toFixed(digits)} %`;

export const dateText = (iso: string): string =>
  new Date(iso).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });

export const shapeText = (shape: readonly number[]): string =>
  `[${shape.map((dim) => (dim < 0 ? '?' : dim)).join(', ')}]`;

/** A device as people call it; the one that everything runs on has no name of its own. */
export const deviceText = (title: string): string => (title === 'this-computer' ? 'This computer' : title);

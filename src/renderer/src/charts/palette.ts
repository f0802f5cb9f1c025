/** Colours for series, far apart from each other on dark and on light ground. */
export const SERIES_COLORS = [
  '#4ea1ff',
  '#3ecf8e',
  '#f2b84b',
  '#ff6b6b',
  '#b98cff',
  '#2dd4d4',
  '#ff9ecb',
  '#a3b18a',
] as const;

export const seriesColor = (index: number): string =>
  SERIES_COLORS[index % SERIES_COLORS.length] ?? SERIES_COLORS[0];

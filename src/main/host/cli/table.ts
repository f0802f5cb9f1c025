/** Columns padded to their widest cell; numbers (cells that begin with a digit or a minus) stand right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((cell, i) => Math.max(width(cell), ...rows.map((row) => width(row[i] ?? ''))));
  const isNumeric = head.map(
    (_, i) => rows.length > 0 && rows.every((row) => /^[-–]?\d|^$|^–$/.test(row[i] ?? '')),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => {
        const gap = ' '.repeat(Math.max(0, (widths[i] ?? 0) - width(cell)));
        return isNumeric[i] ? gap + cell : cell + gap;
      })
      .join('  ')
      .trimEnd();
  return [line(head), widths.map((w) => '─'.repeat(w)).join('  '), ...rows.map(line)].join('\n');
}

/** Cells of a terminal that the text takes; wide East Asian and emoji characters take two. */
function width(text: string): number {
  let cells = 0;
  for (const char of text)
    cells +=
      /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE4F\uFF00-\uFF60\u{1F300}-\u{1FAFF}]/u.test(
        char,
      )
        ? 2
        : 1;
  return cells;
}

/** What others named (devices, models) may hold control characters; a terminal must not obey them. */
export const printable = (text: string): string => text.replace(/[\p{Cc}\u202A-\u202E\u2066-\u2069]/gu, '�');

export const bytesText = (bytes: number): string =>
  bytes < 1000
    ? `${bytes} B`
    : bytes < 1e6
      ? `${(bytes / 1e3).toFixed(1)} kB`
      : `${(bytes / 1e6).toFixed(2)} MB`;

export const millisText = (ns: number | null | undefined): string =>
  ns == null ? '–' : ns < 1e6 ? `${(ns / 1e6).toFixed(4)}` : (ns / 1e6).toFixed(ns < 1e8 ? 3 : 1);

export const percentText = (share: number | null | undefined): string =>
  share == null ? '–' : `${(share * 100).toFixed(1)} %`;

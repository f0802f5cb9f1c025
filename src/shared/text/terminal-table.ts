import { cutToWidth, printable, textWidth } from './text-width';

const NUMERIC = /^[-–]?\d|^$|^–$/;

export interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
  /** Cells at most; longer texts are cut with an ellipsis. */
  readonly maxWidth?: number;
}

const padded = (text: string, width: number, align: Column['align']): string => {
  const space = ' '.repeat(Math.max(0, width - textWidth(text)));
  return align === 'left' ? text + space : space + text;
};

/** Aligned columns under their titles, two spaces apart, without colours; one line per row, none with trailing spaces. */
export function terminalTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const cell = (text: string, column: Column) => cutToWidth(printable(text), column.maxWidth ?? 48);
  const cells = rows.map((row) => columns.map((column, i) => cell(row[i] ?? '', column)));
  const widths = columns.map((column, i) =>
    Math.max(textWidth(column.title), ...cells.map((row) => textWidth(row[i]!))),
  );
  const line = (texts: readonly string[]) =>
    columns
      .map((column, i) => padded(texts[i]!, widths[i]!, column.align))
      .join('  ')
      .trimEnd();
  return [
    line(columns.map((column) => column.title)),
    widths.map((width) => '─'.repeat(width)).join('  '),
    ...cells.map(line),
  ].join('\n');
}

/** A table under plain titles, nothing cut; columns of figures stand right. */
export function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const columns = titles.map((title, i): Column => {
    const isNumeric = rows.length > 0 && rows.every((row) => NUMERIC.test(row[i] ?? ''));
    return { title, align: isNumeric ? 'right' : 'left', maxWidth: Infinity };
  });
  return terminalTable(columns, rows);
}

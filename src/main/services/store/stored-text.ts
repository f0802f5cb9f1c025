const LONE_SURROGATE = /[\ud800-\udfff]/gu;

/** What UTF-8 can hold of a text: lone surrogates replaced. */
export const utf8Text = (text: string): string => text.replace(LONE_SURROGATE, '\ufffd');

/** JSON of those fields that UTF-8 cannot hold exactly (JSON escapes lone surrogates); null when all can. */
export function exactTexts(fields: Readonly<Record<string, string | null>>): string | null {
  const inexact = Object.entries(fields).filter(([, text]) => text !== null && utf8Text(text) !== text);
  return inexact.length === 0 ? null : JSON.stringify(Object.fromEntries(inexact));
}

/** A row with the fields put back that `exactTexts` kept. */
export function withExactTexts<T extends Readonly<Record<string, unknown>>>(row: T, exact: unknown): T {
  if (typeof exact !== 'string') return row;
  const kept = JSON.parse(exact) as Record<string, string>;
  return Object.assign({}, row, kept);
}

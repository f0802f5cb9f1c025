/** A reason, in one sentence a user can act on, why a part could not be had. Anything else thrown is a bug. */
export class Problem extends Error {}

/** The reason of any error in one line: a Problem's own words, else what the system said. */
export function reasonOf(error) {
  const text = error instanceof Error ? error.message : String(error);
  const code =
    /^[A-Z][A-Z0-9_]+$/.test(error?.code ?? '') && !text.includes(error.code) ? ` (${error.code})` : '';
  return text.split('\n')[0].slice(0, 300) + code;
}

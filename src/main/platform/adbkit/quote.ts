/** A command line for a POSIX shell in which every word is literal. Throws on NUL, which no argument can hold. */
export function quoteCommand(words: readonly string[]): string {
  return words
    .map((word) => {
      if (word.includes('\0')) throw new Error('a command-line argument holds a NUL');
      return /^[A-Za-z0-9_/.:=,+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
    })
    .join(' ');
}

/** Prints one figure beside its bar, at once. */
export const say = (what: string, figure: string, bar: string, holds: boolean): void =>
  console.log(`${holds ? 'holds ' : 'FAILS '} ${what.padEnd(58)} ${figure.padStart(26)}   bar: ${bar}`);

/** Prints a figure that has no bar. */
export const tell = (what: string, figure: string): void =>
  console.log(`       ${what.padEnd(58)} ${figure.padStart(26)}`);

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

export async function seconds(act: () => unknown): Promise<number> {
  const from = performance.now();
  await act();
  return (performance.now() - from) / 1000;
}

/** Calls two things turn about, the first first in even rounds, so that what else the machine does falls on both. */
export async function turnAbout(
  rounds: number,
  one: () => Promise<void>,
  other: () => Promise<void>,
): Promise<void> {
  for (let round = 0; round < rounds; round++)
    for (const act of round % 2 === 0 ? [one, other] : [other, one]) await act();
}

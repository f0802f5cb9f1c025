/** An einsum equation with one label per dimension. */
export interface Equation {
  readonly inputs: readonly (readonly string[])[];
  readonly output: readonly string[];
}

const ELLIPSIS = '...';

const labelsOf = (term: string): string[] => term.match(/\.\.\.|\S/g) ?? [];

/**
 * Reads 'abc,cd->abd'. What '...' stands for gets labels of its own, counted from the last dimension, so that operands
 * broadcast. Throws an Error when the equation does not fit operands of these ranks.
 */
export const readEquation = (equation: string, ranks: readonly number[]): Equation => {
  const [left = '', right] = equation.replaceAll(' ', '').split('->');
  const terms = left.split(',').map(labelsOf);
  if (terms.length !== ranks.length) throw new Error(`'${equation}' is for ${terms.length} operands`);
  let hidden = 0;
  const inputs = terms.map((labels, i) => {
    const rank = ranks[i] ?? 0;
    const dots = labels.indexOf(ELLIPSIS);
    const own = dots === -1 ? 0 : rank - labels.length + 1;
    if (own < 0 || (dots === -1 && labels.length !== rank))
      throw new Error(`'${equation}' does not fit an operand of ${rank} dimensions`);
    hidden = Math.max(hidden, own);
    return dots === -1 ? labels : labels.toSpliced(dots, 1, ...hiddenLabels(own));
  });
  const all = inputs.flat();
  const once = [...new Set(all)].filter((label) => all.filter((l) => l === label).length === 1);
  const implied = [...hiddenLabels(hidden), ...once.filter((label) => !label.startsWith(ELLIPSIS)).sort()];
  const output =
    right === undefined
      ? implied
      : labelsOf(right).flatMap((label) => (label === ELLIPSIS ? hiddenLabels(hidden) : label));
  for (const labels of [...inputs, output])
    if (new Set(labels).size !== labels.length)
      throw new Error(`'${equation}' repeats a dimension within an operand`);
  const lost = output.find((label) => !all.includes(label));
  if (lost !== undefined)
    throw new Error(`'${equation}' has an output dimension '${lost}' that no operand has`);
  return { inputs, output };
};

const hiddenLabels = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => `${ELLIPSIS}${count - 1 - i}`);

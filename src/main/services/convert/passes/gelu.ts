import type { Value } from '../graph/ir';
import { producedBy } from './kit/match';
import { besideNumber, near, productOf, sumOf } from './kit/product';
import { replaceOp } from './kit/rewrite';
import { peephole } from './pass';

/**
 * x / 2 * (1 + erf(x / sqrt 2)), or with the complement of erf, as GELU; likewise its approximation by tanh.
 */
export const gelu = peephole('gelu', ['MUL', 'DIV'], (op, graph) => {
  const { scalar, constants, terms } = productOf(op.output());
  if (terms.length !== 2 || constants.length > 0 || !near(scalar, 0.5)) return;
  for (const [x, gate] of [terms, [terms[1], terms[0]]] as const) {
    if (!x || !gate) continue;
    const beside = besideNumber(gate, 1);
    if (!beside) continue;
    const { rest, sign } = beside;
    const erf = producedBy(rest, 'ERF');
    const tanh = producedBy(rest, 'TANH');
    const exact = erf && isMultiple(erf.input(0), x, sign * Math.SQRT1_2);
    const approximate = tanh && sign === 1 && isTanhArgument(tanh.input(0), x);
    if (!exact && !approximate) continue;
    replaceOp(graph, op, 'GELU', { approximate: !exact }, [x]);
    return;
  }
});

/** True when `value` is `factor` times `x`. */
function isMultiple(value: Value, x: Value, factor: number): boolean {
  const { scalar, constants, terms } = productOf(value);
  return constants.length === 0 && terms.length === 1 && terms[0] === x && near(scalar, factor);
}

const OUTER = Math.sqrt(2 / Math.PI);
const INNER = 0.044715;

/** True for sqrt(2 / pi) * (x + 0.044715 * x^3), and for the same with x taken out of the brackets. */
function isTanhArgument(value: Value, x: Value): boolean {
  const { scalar, constants, terms } = productOf(value);
  if (constants.length > 0 || !near(scalar, OUTER)) return false;
  if (terms.length === 1) {
    const sum = terms[0] && sumOf(terms[0]);
    if (!sum || sum.sign !== 1) return false;
    return (sum.a === x && isPower(sum.b, x, 3)) || (sum.b === x && isPower(sum.a, x, 3));
  }
  const bracket = terms.find((term) => term !== x);
  const beside = terms.length === 2 && terms.includes(x) && bracket ? besideNumber(bracket, 1) : undefined;
  return beside?.sign === 1 && isPower(beside.rest, x, 2);
}

/** True when `value` is 0.044715 times a power of x. */
function isPower(value: Value, x: Value, exponent: number): boolean {
  const { scalar, constants, terms } = productOf(value);
  return (
    constants.length === 0 &&
    near(scalar, INNER) &&
    terms.length === exponent &&
    terms.every((term) => term === x)
  );
}

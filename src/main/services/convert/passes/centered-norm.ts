import type { Value } from '../graph/ir';
import { emitOp } from '../lower/emit';
import { PLAIN_ADD, PLAIN_MUL } from '../ops/kit/convolution';
import { producedBy } from './kit/match';
import { productOf, sumOf } from './kit/product';
import { replaceOp } from './kit/rewrite';
import { peephole } from './pass';

/**
 * x * s + (b - m * s), as batch and layer normalization are often written, as (x - m) * s + b: fewer operators, and fewer
 * of the size of x. A constant factor of s is applied last, so that the rest of s stays small.
 */
export const centeredNorm = peephole('centered norm', ['ADD'], (op, graph) => {
  const sum = sumOf(op.output());
  if (!sum) return;
  for (const [scaled, shift] of [
    [sum.a, sum.b],
    [sum.b, sum.a],
  ] as const) {
    const found = normalization(scaled, shift);
    if (!found) continue;
    const { x, mean, scale, offset } = found;
    const emit = (type: string, attrs: object, ...inputs: Value[]): Value =>
      emitOp(graph, type, attrs, inputs, op.name)[0] ?? x;
    let y = emit('SUB', PLAIN_ADD, x, mean);
    const parts = producedBy(scale, 'MUL');
    const constant = parts?.inputs.find((input) => input?.constant);
    const variable = parts?.inputs.find((input) => !input?.constant);
    if (constant && variable) {
      y = emit('MUL', PLAIN_MUL, y, variable);
      y = emit('MUL', PLAIN_MUL, y, constant);
    } else y = emit('MUL', PLAIN_MUL, y, scale);
    replaceOp(graph, op, 'ADD', PLAIN_ADD, [y, offset]);
    return;
  }
});

interface Normalization {
  readonly x: Value;
  readonly mean: Value;
  readonly scale: Value;
  readonly offset: Value;
}

/** Sees scaled = x * s and shift = b - m * s, in any of the ways to write it. */
function normalization(scaled: Value, shift: Value): Normalization | undefined {
  const product = producedBy(scaled, 'MUL');
  const sum = sumOf(shift);
  if (!product || !sum) return undefined;
  const factors = [product.input(0), product.input(1)];
  const scale = factors.find((factor) => !factor.constant && timesMean(sum, factor));
  const found = scale && timesMean(sum, scale);
  const x = factors.find((factor) => factor !== scale);
  return scale && found && x ? { x, scale, ...found } : undefined;
}

/** Sees a sum as offset - mean * scale. */
function timesMean(
  { a, b, sign }: NonNullable<ReturnType<typeof sumOf>>,
  scale: Value,
): { readonly mean: Value; readonly offset: Value } | undefined {
  for (const [offset, part, partSign] of [
    [a, b, sign],
    [b, a, 1],
  ] as const) {
    if (sign === -1 && offset === b) continue;
    const mean = meanOf(part, scale, partSign);
    if (mean) return { mean, offset };
  }
  return undefined;
}

/** `part` = -mean * scale (or mean * scale, when it is subtracted): the mean, which must be a value that exists. */
function meanOf(part: Value, scale: Value, sign: number): Value | undefined {
  const product = producedBy(part, 'MUL');
  if (!product?.inputs.includes(scale)) return undefined;
  const other = product.input(0) === scale ? product.input(1) : product.input(0);
  if (sign === -1) return other;
  const { scalar, terms, constants } = productOf(other);
  return scalar === -1 && constants.length === 0 && terms.length === 1 ? terms[0] : undefined;
}

import type { Value } from '../../graph/ir';
import { constantNumbers } from '../../graph/constant';
import { scalarOf } from './match';

/** A product taken apart: one number, constants of several elements, and what is computed, squares counted twice. */
export interface Product {
  readonly scalar: number;
  readonly constants: readonly Value[];
  readonly terms: readonly Value[];
}

/** Values looked at; what takes more is no formula that a pass knows, and would cost time at each operator of a chain. */
const MAX_VALUES = 24;

/** Takes apart MUL, DIV by a number, NEG, SQUARE and POW with a small whole exponent, as deep as they go. */
export function productOf(value: Value): Product {
  let scalar = 1;
  const constants: Value[] = [];
  const terms: Value[] = [];
  const open: Value[] = [value];
  let seen = 0;
  for (let next = open.pop(); next; next = open.pop()) {
    const number = scalarOf(next);
    if (number !== undefined) scalar *= number;
    else if (next.constant) constants.push(next);
    else if (++seen > MAX_VALUES) terms.push(next);
    else {
      const factors = factorsOf(next);
      if (!factors) terms.push(next);
      else {
        scalar *= factors.scalar;
        open.push(...factors.values);
      }
    }
  }
  return { scalar, constants, terms };
}

interface Factors {
  readonly scalar: number;
  readonly values: readonly Value[];
}

function factorsOf(value: Value): Factors | undefined {
  const op = value.producer;
  if (!op || value.dtype !== 'float32') return undefined;
  if ('fused_activation_function' in op.attrs && op.attrs.fused_activation_function !== 0) return undefined;
  switch (op.type) {
    case 'MUL':
      return { scalar: 1, values: [op.input(1), op.input(0)] };
    case 'NEG':
      return { scalar: -1, values: [op.input(0)] };
    case 'SQUARE':
      return { scalar: 1, values: [op.input(0), op.input(0)] };
    case 'DIV': {
      const divisor = scalarOf(op.input(1));
      return divisor ? { scalar: 1 / divisor, values: [op.input(0)] } : undefined;
    }
    case 'POW': {
      const [exponent] = op.input(1).constant?.byteLength === 4 ? (constantNumbers(op.input(1)) ?? []) : [];
      if (exponent !== 2 && exponent !== 3) return undefined;
      return { scalar: 1, values: Array.from({ length: exponent }, () => op.input(0)) };
    }
    default:
      return undefined;
  }
}

/** A sum of two, either of which may come first; `b` counts negative when it is subtracted. */
export interface Sum {
  readonly a: Value;
  readonly b: Value;
  readonly sign: 1 | -1;
}

/** Sees ADD and SUB without an activation as a sum. */
export function sumOf(value: Value): Sum | undefined {
  const op = value.producer;
  if ((op?.type !== 'ADD' && op?.type !== 'SUB') || value.dtype !== 'float32') return undefined;
  if ('fused_activation_function' in op.attrs && op.attrs.fused_activation_function !== 0) return undefined;
  return { a: op.input(0), b: op.input(1), sign: op.type === 'ADD' ? 1 : -1 };
}

/** True when the numbers are the same as far as float32 constants can tell. */
export const near = (a: number, b: number): boolean => Math.abs(a - b) <= 2e-6 * Math.abs(b);

/** The rest of a sum one side of which is the number `constant`: constant + sign * rest. */
export function besideNumber(
  value: Value,
  constant: number,
): { readonly rest: Value; readonly sign: 1 | -1 } | undefined {
  const sum = sumOf(value);
  if (!sum) return undefined;
  const [a, b] = [scalarOf(sum.a), scalarOf(sum.b)];
  if (a !== undefined && near(a, constant)) return { rest: sum.b, sign: sum.sign };
  if (b !== undefined && near(sum.sign * b, constant)) return { rest: sum.a, sign: 1 };
  return undefined;
}

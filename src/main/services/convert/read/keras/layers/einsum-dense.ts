import type { LayerContext, LayerTable, WeightSpec } from '../layer';
import type { KerasLayer } from '../model';
import { add, matmul } from '../nodes/math';
import { attr, type Sym } from '../nodes/writer';
import { activate } from './activation-functions';
import { floatInput } from './core';

const weights = (layer: KerasLayer): readonly WeightSpec[] =>
  layer.config.get('bias_axes') === undefined ? [{ name: 'kernel' }] : [{ name: 'kernel' }, { name: 'bias' }];

/** The letters of an equation 'a,b->c'; an ellipsis is written out with capitals for the axes that it stands for. */
export function einsumTerms(c: LayerContext, equation: string, ranks: readonly number[]): string[] {
  const [left = '', right = ''] = equation.replaceAll(/\s/g, '').split('->');
  const operands = left.split(',');
  const spare = operands.map((term, i) => (ranks[i] ?? 0) - term.replace('...', '').length);
  const extra = Math.max(0, ...operands.map((term, i) => (term.includes('...') ? (spare[i] ?? 0) : 0)));
  const letters = 'ABCDEFGHIJ'.slice(0, extra);
  const terms = [...operands, right].map((term) => term.replace('...', letters));
  const fits = operands.length === ranks.length && ranks.every((rank, i) => terms[i]?.length === rank);
  return fits ? terms : c.refuse(`its equation '${equation}' does not fit the inputs`);
}

/** Einstein's summation over any number of operands. */
export function einsum(c: LayerContext, equation: string, operands: readonly Sym[]): Sym {
  const terms = einsumTerms(
    c,
    equation,
    operands.map((x) => x.shape.length),
  );
  const sizes = new Map<string, number>();
  operands.forEach((x, i) =>
    Array.from(terms[i] ?? '', (letter, axis) =>
      sizes.set(letter, Math.max(sizes.get(letter) ?? -1, x.shape[axis] ?? -1)),
    ),
  );
  const out = terms.at(-1) ?? '';
  const shape = Array.from(out, (letter) => sizes.get(letter) ?? -1);
  const written = `${terms.slice(0, -1).join(',')}->${out}`;
  return c.w.add(
    'Einsum',
    operands,
    { dtype: operands[0]?.dtype ?? 'float32', shape },
    {
      equation: attr.string(written),
      N: attr.int(operands.length),
    },
  );
}

/** Letters of the bias, each in its place among the output's axes; the others have size 1. */
function biasShape(c: LayerContext, out: string, y: Sym): number[] {
  const axes = c.config.string('bias_axes');
  const first = Array.from(out).findIndex((letter) => axes.includes(letter));
  if (first < 0 || Array.from(axes).some((letter) => !out.includes(letter)))
    return c.refuse(`its bias axes '${axes}' are not in the output`);
  return Array.from(out.slice(first), (letter, i) =>
    axes.includes(letter) ? (y.shape[first + i] ?? -1) : 1,
  );
}

function einsumDense(c: LayerContext): Sym {
  const x = floatInput(c);
  const kernel = c.weight('kernel');
  const equation = c.config.string('equation');
  const [input = '', weight = '', out = ''] = einsumTerms(c, equation, [x.shape.length, kernel.shape.length]);
  const y = asMatrixProduct(c, x, input, weight, out) ?? einsum(c, equation, [x, kernel]);
  const biased = c.hasWeight('bias') ? add(c.w, y, c.weight('bias', biasShape(c, out, y))) : y;
  return activate(c, biased, c.config.get('activation'));
}

/** 'abc,cd->abd' is what Dense does. */
function asMatrixProduct(
  c: LayerContext,
  x: Sym,
  input: string,
  weight: string,
  out: string,
): Sym | undefined {
  const isDense =
    weight.length === 2 && weight[0] === input.at(-1) && out === input.slice(0, -1) + (weight[1] ?? '');
  return isDense && !input.includes(weight[1] ?? '') ? matmul(c.w, x, c.weight('kernel')) : undefined;
}

export const einsumLayers: LayerTable = { EinsumDense: { weights, write: einsumDense } };

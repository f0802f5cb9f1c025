import type { LayerContext, LayerDefinition, LayerTable } from '../layer';
import { concat, expandDims, squeeze } from '../nodes/layout';
import { add, binary, matmul, mul, reduce, sub } from '../nodes/math';
import { axisOf } from '../nodes/shapes';
import type { NodeWriter, Sym } from '../nodes/writer';
import { l2Normalize } from './activation-functions';

type Combine = (w: NodeWriter, a: Sym, b: Sym) => Sym;

/** Operands of fewer dimensions get new ones behind the batch, as Keras does it. */
function sameRank(w: NodeWriter, operands: readonly Sym[]): Sym[] {
  const rank = Math.max(...operands.map((x) => x.shape.length));
  return operands.map((operand) => {
    let x = operand;
    while (x.shape.length < rank) x = expandDims(w, x, 1);
    return x;
  });
}

function merged(c: LayerContext, combine: Combine): Sym {
  const [first, ...rest] = sameRank(c.w, c.inputs);
  if (!first) return c.refuse('it is called without inputs');
  return rest.reduce((sum, x) => combine(c.w, sum, x), first);
}

const elementwise = (combine: Combine): LayerDefinition => ({
  keepsMask: true,
  write: (c) => merged(c, combine),
});

function subtract(c: LayerContext): Sym {
  if (c.inputs.length !== 2) return c.refuse('it has to have exactly two inputs');
  return merged(c, sub);
}

function dot(c: LayerContext): Sym {
  const { w } = c;
  const [a, b] = [c.input(0), c.input(1)];
  const axes = c.config.get('axes');
  const pair = (typeof axes === 'number' ? [axes, axes] : c.config.ints('axes', 2)) as readonly [
    number,
    number,
  ];
  const axisA = axisOf(pair[0], a.shape.length);
  const axisB = axisOf(pair[1], b.shape.length);
  const normalize = c.config.bool('normalize', false);
  const x = normalize ? l2Normalize(w, a, [axisA]) : a;
  const y = normalize ? l2Normalize(w, b, [axisB]) : b;
  if (a.shape.length === 2 && b.shape.length === 2) return reduce(w, 'Sum', mul(w, x, y), [1], true);
  if (a.shape.length > 3 || b.shape.length > 3 || axisA === 0 || axisB === 0)
    return c.refuse('products of more than three dimensions are not supported; reshape the inputs');
  const left = a.shape.length === 2 ? expandDims(w, x, 1) : x;
  const right = b.shape.length === 2 ? expandDims(w, y, 2) : y;
  const product = matmul(
    w,
    left,
    right,
    a.shape.length === 3 && axisA === 1,
    b.shape.length === 3 && axisB === 2,
  );
  if (a.shape.length === 2) return squeeze(w, product, [1]);
  return b.shape.length === 2 ? squeeze(w, product, [2]) : product;
}

export const mergeLayers: LayerTable = {
  Add: elementwise(add),
  Subtract: { keepsMask: true, write: subtract },
  Multiply: elementwise(mul),
  Maximum: elementwise((w, a, b) => binary(w, 'Maximum', a, b)),
  Minimum: elementwise((w, a, b) => binary(w, 'Minimum', a, b)),
  Average: {
    keepsMask: true,
    write: (c) => mul(c.w, merged(c, add), c.w.float(1 / Math.max(1, c.inputs.length))),
  },
  Concatenate: {
    keepsMask: true,
    write: (c) => (c.inputs.length === 1 ? c.input() : concat(c.w, c.inputs, c.config.int('axis', -1))),
  },
  Dot: { write: dot },
};

/** Two directions of a recurrent layer put together; undefined for a mode that is not known. */
export function mergeBy(w: NodeWriter, mode: string, a: Sym, b: Sym): Sym | undefined {
  switch (mode) {
    case 'concat':
      return concat(w, [a, b], -1);
    case 'sum':
      return add(w, a, b);
    case 'mul':
      return mul(w, a, b);
    case 'ave':
      return mul(w, add(w, a, b), w.float(0.5));
    default:
      return undefined;
  }
}

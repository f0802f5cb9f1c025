import type { Graph, Op, Value } from '../graph/ir';
import { emitOp } from '../lower/emit';
import { PLAIN_ADD, PLAIN_MUL } from '../ops/kit/convolution';
import { FUSED } from '../ops/kit/fused';
import { floatConstant } from '../ops/kit/lazy-constant';
import { broadcastShapes, sizeOf } from '../ops/kit/shapes';
import { floatsOf, withConstant } from './kit/match';
import { replaceOp } from './kit/rewrite';
import { peephole } from './pass';
import { activationOf } from './kit/weighted';

/** Elements up to which constants are combined while converting. */
const MAX_ELEMENTS = 1 << 16;
/** An offset that moves behind a product may grow to this before accuracy suffers. */
const MAX_OFFSET = 128;
/** A chain longer than this has been shortened from its start already. */
const MAX_STEPS = 3;

/**
 * Joins sums and products with constants that follow each other, where that saves an operator: at most one product and one
 * sum are left, (x + a) * b + c being x * b + (a * b + c).
 */
export const mergeAffine = peephole('merge affine', ['ADD', 'SUB', 'MUL', 'DIV'], (op, graph) => {
  const steps = chainOf(op, graph);
  const [first] = steps;
  if (!first || steps.length < 2) return;
  const affine = steps.reduce<Affine | undefined>((before, step) => before && then(before, step), {});
  if (!affine) return;
  const { factor, offset } = affine;
  if (Number(Boolean(factor)) + Number(Boolean(offset)) >= steps.length) return;
  const attrs = { fused_activation_function: activationOf(op.attrs) };
  const name = op.name;
  let x = first.x;
  if (factor && offset) x = emitOp(graph, 'MUL', PLAIN_MUL, [x, valueOf(factor, name)], name)[0] ?? x;
  if (offset) replaceOp(graph, op, 'ADD', { ...PLAIN_ADD, ...attrs }, [x, valueOf(offset, name)]);
  else if (factor) replaceOp(graph, op, 'MUL', { ...PLAIN_MUL, ...attrs }, [x, valueOf(factor, name)]);
});

/** Numbers in double precision, so that combining them rounds but once. */
interface Numbers {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** x * factor + offset. */
interface Affine {
  readonly factor?: Numbers | undefined;
  readonly offset?: Numbers | undefined;
}

interface Step {
  readonly kind: 'ADD' | 'MUL';
  readonly x: Value;
  readonly numbers: Numbers;
}

/** The operator and up to two before it that nobody else reads, first one first. */
function chainOf(last: Op, graph: Graph): Step[] {
  const steps: Step[] = [];
  let op: Op | undefined = last;
  while (op && steps.length < MAX_STEPS) {
    const step = stepOf(op);
    if (!step) break;
    steps.unshift(step);
    const before: Op | undefined = graph.isOnlyUser(step.x, op) ? step.x.producer : undefined;
    op = before && activationOf(before.attrs) === FUSED.NONE ? before : undefined;
  }
  return steps;
}

function stepOf(op: Op): Step | undefined {
  if (op.type !== 'ADD' && op.type !== 'SUB' && op.type !== 'MUL' && op.type !== 'DIV') return undefined;
  const operands = withConstant(op);
  if (!operands || sizeOf(operands.constant.shape) > MAX_ELEMENTS) return undefined;
  const inverse = op.type === 'SUB' || op.type === 'DIV';
  const floats = inverse && operands.constantFirst ? undefined : floatsOf(operands.constant);
  if (!floats) return undefined;
  const { shape } = operands.constant;
  const x = operands.x;
  if (op.type === 'ADD') return { kind: 'ADD', x, numbers: { shape, data: Float64Array.from(floats) } };
  if (op.type === 'SUB')
    return { kind: 'ADD', x, numbers: { shape, data: Float64Array.from(floats, (v) => -v) } };
  if (op.type === 'MUL') return { kind: 'MUL', x, numbers: { shape, data: Float64Array.from(floats) } };
  return { kind: 'MUL', x, numbers: { shape, data: Float64Array.from(floats, (v) => 1 / v) } };
}

/** What `step` makes of `before`; undefined when the constants do not combine well. */
function then({ factor, offset }: Affine, { kind, numbers }: Step): Affine | undefined {
  if (kind === 'ADD') {
    const sum = offset ? combine(offset, numbers, (a, b) => a + b) : numbers;
    return sum && { factor, offset: sum };
  }
  const product = factor ? combine(factor, numbers, (a, b) => a * b) : numbers;
  const moved = offset && combine(offset, numbers, (a, b) => a * b);
  if (!product || (offset && !moved) || moved?.data.some((v) => Math.abs(v) > MAX_OFFSET)) return undefined;
  return { factor: product, offset: moved };
}

/** Element by element, one of the two repeated; undefined when the result would be larger than both, or not finite. */
function combine(a: Numbers, b: Numbers, f: (a: number, b: number) => number): Numbers | undefined {
  const shape = broadcastShapes(a.shape, b.shape);
  const size = sizeOf(shape);
  if (size > Math.max(a.data.length, b.data.length)) return undefined;
  const pick = (from: Numbers, index: number): number => {
    if (from.data.length === size) return from.data[index] as number;
    let at = 0;
    let step = 1;
    let rest = index;
    for (let axis = shape.length - 1, own = from.shape.length - 1; own >= 0; axis--, own--) {
      const dim = shape[axis] as number;
      if (from.shape[own] !== 1) at += (rest % dim) * step;
      step *= from.shape[own] as number;
      rest = Math.floor(rest / dim);
    }
    return from.data[at] as number;
  };
  const data = Float64Array.from({ length: size }, (_, i) => f(pick(a, i), pick(b, i)));
  return data.every(Number.isFinite) ? { shape, data } : undefined;
}

const valueOf = ({ shape, data }: Numbers, name: string): Value =>
  floatConstant(name, shape, Float32Array.from(data));

import type { Value } from '../graph/ir';
import { dense } from './fully-connected';
import { dimElement } from './kit/constants';
import { emitReshapeTo, type Factors } from './kit/dynamic-shape';
import { readEquation } from './kit/einsum-equation';
import { requireType } from './kit/elementwise';
import { calculator } from './kit/math';
import { emitReduce } from './kit/reduce';
import { emitTranspose } from './transpose';
import type { LowerContext, Lowering, Lowerings } from './op';

/** A value whose dimensions have names. */
interface Named {
  readonly value: Value;
  readonly labels: readonly string[];
}

const BATCH_MATMUL_RANK = 5;

/** `named` with its dimensions in the order of `labels`, which are all of its own. */
const ordered = (context: LowerContext, { value, labels }: Named, order: readonly string[]): Value =>
  emitTranspose(
    context,
    value,
    order.map((label) => labels.indexOf(label)),
  );

/** Sums over the dimensions that nothing else needs. */
const summed = (context: LowerContext, { value, labels }: Named, needed: readonly string[]): Named => {
  const gone = labels.flatMap((label, axis) => (needed.includes(label) ? [] : [axis]));
  return {
    value: emitReduce(context, 'SUM', value, gone, false),
    labels: labels.filter((label) => needed.includes(label)),
  };
};

const starts = (labels: readonly string[], order: readonly string[]): boolean =>
  order.every((label, i) => labels[i] === label);

/** The product of two operands, with dimensions `output` of the result in any order. */
const product = (context: LowerContext, left: Named, right: Named, output: readonly string[]): Named => {
  const a = summed(context, left, [...right.labels, ...output]);
  const b = summed(context, right, [...left.labels, ...output]);
  const shared = a.labels.filter((label) => b.labels.includes(label));
  const contracted = shared.filter((label) => !output.includes(label));
  const batch = output.filter((label) => shared.includes(label));
  const freeA = output.filter((label) => a.labels.includes(label) && !batch.includes(label));
  const freeB = output.filter((label) => b.labels.includes(label) && !batch.includes(label));
  if (contracted.length === 0 || (freeA.length === 0 && freeB.length === 0))
    return elementwise(context, a, b, [...batch, ...freeA, ...freeB], contracted);
  if (a.value.constant && !b.value.constant) return product(context, b, a, output);
  if (b.value.constant && batch.length === 0) return layer(context, a, b, { freeA, freeB, contracted });
  // Operands in the order in which the output needs no transposition.
  if (
    freeA.length > 0 &&
    starts(output, [...batch, ...freeB, ...freeA]) &&
    freeB.length > 0 &&
    !b.value.constant
  )
    return matmul(context, b, a, { batch, freeA: freeB, freeB: freeA, contracted });
  return matmul(context, a, b, { batch, freeA, freeB, contracted });
};

/** Broadcast multiplication, then the sum over what is contracted. */
const elementwise = (
  context: LowerContext,
  a: Named,
  b: Named,
  output: readonly string[],
  contracted: readonly string[],
): Named => {
  const all = [...output, ...contracted];
  const spread = (named: Named): Value => {
    const present = all.filter((label) => named.labels.includes(label));
    const value = ordered(context, named, present);
    return emitReshapeTo(
      context,
      value,
      all.map((label) => (present.includes(label) ? [dimElement(value, present.indexOf(label))] : [1])),
    );
  };
  const result = calculator(context).mul(spread(a), spread(b));
  const axes = contracted.map((_, i) => output.length + i);
  return { value: emitReduce(context, 'SUM', result, axes, false), labels: output };
};

interface Roles {
  readonly freeA: readonly string[];
  readonly freeB: readonly string[];
  readonly contracted: readonly string[];
}

/** A constant matrix: a dense layer over the last dimension, the ones before stay as they are. */
const layer = (context: LowerContext, a: Named, b: Named, { freeA, freeB, contracted }: Roles): Named => {
  const dimsOf = (named: Named, labels: readonly string[]): Factors =>
    labels.map((label) => dimElement(named.value, named.labels.indexOf(label)));
  const inner = contracted.length === 1 ? contracted : a.labels.filter((label) => contracted.includes(label));
  const rows = freeA.length > 0 ? a.labels.filter((label) => freeA.includes(label)) : [];
  const x = emitReshapeTo(context, ordered(context, a, [...rows, ...inner]), [
    ...(rows.length > 0 ? rows.map((label) => dimsOf(a, [label])) : [[1]]),
    dimsOf(a, inner),
  ]);
  const w = emitReshapeTo(context, ordered(context, b, [...inner, ...freeB]), [
    dimsOf(b, inner),
    freeB.length > 0 ? dimsOf(b, freeB) : [1],
  ]);
  const y = dense(context, x, w, false);
  const labels = [...rows, ...freeB];
  return {
    value: emitReshapeTo(context, y, [
      ...rows.map((label) => dimsOf(a, [label])),
      ...freeB.map((label) => dimsOf(b, [label])),
    ]),
    labels,
  };
};

/** Matrices of both operands multiplied batch by batch. */
const matmul = (
  context: LowerContext,
  a: Named,
  b: Named,
  { batch, freeA, freeB, contracted }: Roles & { readonly batch: readonly string[] },
): Named => {
  const source = (label: string): Factors => {
    const named = a.labels.includes(label) ? a : b;
    return [dimElement(named.value, named.labels.indexOf(label))];
  };
  const merged = (labels: readonly string[]): Factors => labels.flatMap(source);
  const batchDims = batch.length + 2 > BATCH_MATMUL_RANK ? [merged(batch)] : batch.map(source);
  // The order in which an operand has its dimensions already spares a transposition.
  const matrix = (named: Named, rows: readonly string[], columns: readonly string[]) => {
    const swapped = starts(named.labels, [...batch, ...columns, ...rows]);
    const [first, second] = swapped ? [columns, rows] : [rows, columns];
    const value = ordered(context, named, [...batch, ...first, ...second]);
    return { swapped, value: emitReshapeTo(context, value, [...batchDims, merged(first), merged(second)]) };
  };
  const x = matrix(a, freeA, contracted);
  const y = matrix(b, contracted, freeB);
  const attrs = { adj_x: x.swapped, adj_y: y.swapped, asymmetric_quantize_inputs: false };
  const result = context.emit1('BATCH_MATMUL', attrs, [x.value, y.value]);
  const labels = [...batch, ...freeA, ...freeB];
  return { value: emitReshapeTo(context, result, labels.map(source)), labels };
};

const einsum: Lowering = (context) => {
  const operands = Array.from({ length: context.inputCount }, (_, i) => context.input(i));
  operands.forEach((_, i) => requireType(context, i, 'BATCH_MATMUL', ['float32']));
  const { inputs, output } = readEquation(
    context.string('equation'),
    operands.map((operand) => operand.shape.length),
  );
  const [first, ...others] = operands.map((value, i) => ({ value, labels: inputs[i] ?? [] }));
  if (!first) return context.refuse('it has no operands');
  const result = others.reduce<Named>((done, next, i) => {
    const later = others.slice(i + 1).flatMap((operand) => operand.labels);
    const present = new Set([...done.labels, ...next.labels]);
    const wanted = [...output, ...later.filter((label) => !output.includes(label))];
    return product(
      context,
      done,
      next,
      [...new Set(wanted)].filter((label) => present.has(label)),
    );
  }, first);
  const rest = summed(context, result, output);
  return ordered(context, rest, output);
};

/** Sums of products over named dimensions, as transpositions, reshapes and one matrix product for each pair of operands. */
export const lowerings: Lowerings = { Einsum: einsum };

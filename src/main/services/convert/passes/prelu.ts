import type { Value } from '../graph/ir';
import { floatConstant } from '../ops/kit/lazy-constant';
import { floatsOf, producedBy } from './kit/match';
import { productOf, sumOf } from './kit/product';
import { replaceOp } from './kit/rewrite';
import { peephole } from './pass';

/** relu(x) + c * relu(-x) as PRELU with -c, or as LEAKY_RELU when c is one number. */
export const prelu = peephole('prelu', ['ADD', 'SUB'], (op, graph) => {
  const sum = sumOf(op.output());
  if (!sum) return;
  for (const [positive, negative, sign] of [
    [sum.a, sum.b, sum.sign],
    ...(sum.sign === 1 ? [[sum.b, sum.a, 1] as const] : []),
  ] as const) {
    const x = producedBy(positive, 'RELU')?.input(0);
    if (!x) continue;
    const { scalar, constants, terms } = productOf(negative);
    const [term] = terms;
    const mirrored = terms.length === 1 ? producedBy(term, 'RELU')?.input(0) : undefined;
    if (!mirrored || constants.length > 1 || !isNegated(mirrored, x)) continue;
    const slope = -sign * scalar;
    const [constant] = constants;
    if (!constant) replaceOp(graph, op, 'LEAKY_RELU', { alpha: slope }, [x]);
    else if (constant.shape.length <= x.shape.length)
      replaceOp(graph, op, 'PRELU', {}, [x, scaled(constant, slope)]);
    return;
  }
});

const isNegated = (value: Value, x: Value): boolean => {
  const { scalar, constants, terms } = productOf(value);
  return scalar === -1 && constants.length === 0 && terms.length === 1 && terms[0] === x;
};

const scaled = (constant: Value, factor: number): Value => {
  const data = factor === 1 ? undefined : floatsOf(constant);
  return data
    ? floatConstant(
        constant.name,
        constant.shape,
        data.map((v) => v * factor),
      )
    : constant;
};

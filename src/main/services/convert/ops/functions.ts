import type { Value } from '../graph/ir';
import { filledLike } from './fill';
import { calculator, type Calculator } from './kit/math';
import { emitReduce } from './kit/reduce';
import { requireType } from './kit/elementwise';
import type { Lowering, Lowerings } from './op';

/** A function of one float32 operand, written with others. */
const float =
  (formula: (math: Calculator, x: Value) => Value): Lowering =>
  (context) => {
    requireType(context, 0, context.node.op, ['float32']);
    return formula(calculator(context), context.input(0));
  };

/** Half of e^x plus or minus e^-x. */
const hyperbolic = ({ add, sub, mul, apply }: Calculator, x: Value, sign: 1 | -1): Value => {
  const [up, down] = [apply('EXP', x), apply('EXP', apply('NEG', x))];
  return mul(sign === 1 ? add(up, down) : sub(up, down), 0.5);
};

/** log(1 + x); near 0, where 1 + x loses digits, corrected by Kahan's log(u) * x / (u - 1). */
const log1p = ({ add, sub, mul, div, apply }: Calculator, x: Value): Value => {
  const u = add(x, 1);
  const rest = sub(u, 1);
  const none = apply('EQUAL', rest, 0);
  const safe = apply('SELECT_V2', none, u, rest);
  return apply('SELECT_V2', none, x, mul(apply('LOG', u), div(x, safe)));
};

/** sqrt(1 - x²) */
const cosine = ({ sub, apply }: Calculator, x: Value): Value => apply('SQRT', sub(1, apply('SQUARE', x)));

/** Functions of one operand that TFLite has no operator for. */
export const lowerings: Lowerings = {
  Tan: float(({ div, apply }, x) => div(apply('SIN', x), apply('COS', x))),
  Sinh: float((math, x) => hyperbolic(math, x, -1)),
  Cosh: float((math, x) => hyperbolic(math, x, 1)),
  Expm1: float(({ sub, apply }, x) => sub(apply('EXP', x), 1)),
  Log1p: float(log1p),
  // The kernel does not broadcast.
  Atan: (context) => {
    requireType(context, 0, 'ATAN2', ['float32']);
    return context.emit1('ATAN2', {}, [context.input(0), filledLike(context, context.input(0), 1)]);
  },
  Asin: float((math, x) => math.apply('ATAN2', x, cosine(math, x))),
  Acos: float((math, x) => math.apply('ATAN2', cosine(math, x), x)),
  Asinh: float(({ add, mul, apply }, x) => {
    const size = apply('ABS', x);
    const root = apply('SQRT', add(apply('SQUARE', x), 1));
    return mul(apply('LOG', add(size, root)), apply('SIGN', x));
  }),
  Acosh: float(({ add, sub, apply }, x) => apply('LOG', add(x, apply('SQRT', sub(apply('SQUARE', x), 1))))),
  Atanh: float(({ add, sub, mul, div, apply }, x) => mul(apply('LOG', div(add(x, 1), sub(1, x))), 0.5)),
  EuclideanNorm: (context) => {
    requireType(context, 0, 'SQRT', ['float32']);
    const { apply } = calculator(context);
    const squares = apply('SQUARE', context.input(0));
    return apply(
      'SQRT',
      emitReduce(context, 'SUM', squares, context.constantInts(1), context.bool('keep_dims', false)),
    );
  },
  L2Loss: (context) => {
    const x = context.input(0);
    const axes = context.ints32(x.shape.map((_, axis) => axis));
    const { mul, apply } = calculator(context);
    return mul(context.emit1('SUM', { keep_dims: false }, [apply('SQUARE', x), axes]), 0.5);
  },
};

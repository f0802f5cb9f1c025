import { constantNumbers } from '../graph/constant';
import { emitWithinRank } from './kit/broadcast-rank';
import { requireType } from './kit/elementwise';
import { calculator } from './kit/math';
import { sameShape } from './kit/shapes';
import type { Lowering, Lowerings } from './op';

const square: Lowering = (context) => {
  const x = context.input(0);
  if (x.dtype === 'float32') return context.emit1('SQUARE', {}, [x]);
  requireType(context, 0, 'MUL', ['int32', 'int64']);
  return calculator(context).mul(x, x);
};

/** Powers that have an operator of their own are exact there, and faster. */
const pow: Lowering = (context) => {
  const { mul, div, apply } = calculator(context);
  const [x, y] = [context.input(0), context.input(1)];
  requireType(context, 0, 'POW', ['float32', 'int32']);
  const exponents = y.constant && y.shape.every((dim) => dim === 1) ? constantNumbers(y) : undefined;
  if (exponents && x.dtype === 'float32' && y.shape.length <= x.shape.length)
    switch (exponents[0]) {
      case 1:
        return x;
      case 2:
        return apply('SQUARE', x);
      case 3:
        return mul(apply('SQUARE', x), x);
      case 0.5:
        return apply('SQRT', x);
      case -0.5:
        return apply('RSQRT', x);
      case -1:
        return div(1, x);
    }
  return emitWithinRank(context, 'POW', {}, [x, y], 4);
};

const inverse: Lowering = (context) => {
  requireType(context, 0, 'DIV', ['float32']);
  return calculator(context).div(1, context.input(0));
};

/** The kernel broadcasts up to four dimensions only; SUB goes further. */
const squaredDifference: Lowering = (context) => {
  requireType(context, 0, 'SQUARED_DIFFERENCE', ['float32', 'int32']);
  const [a, b] = [context.input(0), context.input(1)];
  const { sub, mul, apply } = calculator(context);
  if (sameShape(a.shape, b.shape) || Math.max(a.shape.length, b.shape.length) <= 4)
    return apply('SQUARED_DIFFERENCE', a, b);
  const difference = sub(a, b);
  return a.dtype === 'float32' ? apply('SQUARE', difference) : mul(difference, difference);
};

/** Powers, reciprocals and squared differences, by the simplest operator that has them. */
export const lowerings: Lowerings = {
  Square: square,
  Pow: pow,
  SquaredDifference: squaredDifference,
  Reciprocal: inverse,
  Inv: inverse,
};

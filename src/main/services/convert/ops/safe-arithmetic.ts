import type { Value } from '../graph/ir';
import { filledLike } from './fill';
import { requireType } from './kit/elementwise';
import { calculator, type Calculator } from './kit/math';
import { compatible, text } from './kit/shapes';
import type { Lowering, Lowerings } from './op';

/** `result` where `tested` is not 0, and 0 where it is. */
const zeroWhereZero = ({ apply }: Calculator, tested: Value, result: Value): Value =>
  apply('SELECT_V2', apply('EQUAL', tested, 0), 0, result);

const clip: Lowering = (context) => {
  const [x, low, high] = [context.input(0), context.input(1), context.input(2)];
  const { apply } = calculator(context);
  return apply('MINIMUM', apply('MAXIMUM', x, low), high);
};

/** A chain of additions has integer kernels; ADD_N has none. */
const addAll: Lowering = (context) => {
  const { add } = calculator(context);
  const operands = Array.from({ length: context.inputCount }, (_, i) => context.input(i));
  return operands.slice(1).reduce((sum, operand) => add(sum, operand), context.input(0));
};

const isFinite: Lowering = (context) => {
  requireType(context, 0, 'EQUAL', ['float32']);
  const { sub, apply } = calculator(context);
  const x = context.input(0);
  return apply('EQUAL', sub(x, x), 0);
};

const isNan: Lowering = (context) => {
  requireType(context, 0, 'NOT_EQUAL', ['float32']);
  return calculator(context).apply('NOT_EQUAL', context.input(0), context.input(0));
};

const isInfinite: Lowering = (context) => {
  requireType(context, 0, 'ABS', ['float32']);
  const { apply } = calculator(context);
  return apply('EQUAL', apply('ABS', context.input(0)), Infinity);
};

/** Arithmetic that keeps clear of NaN, or looks for it; sums and limits. */
export const lowerings: Lowerings = {
  DivNoNan: (context) => {
    const math = calculator(context);
    return zeroWhereZero(math, context.input(1), math.div(context.input(0), context.input(1)));
  },
  MulNoNan: (context) => {
    const math = calculator(context);
    return zeroWhereZero(math, context.input(1), math.mul(context.input(0), context.input(1)));
  },
  Xlogy: (context) => {
    const math = calculator(context);
    const [x, y] = [context.input(0), context.input(1)];
    return zeroWhereZero(math, x, math.mul(x, math.apply('LOG', y)));
  },
  Xlog1py: (context) => {
    const math = calculator(context);
    const [x, y] = [context.input(0), context.input(1)];
    return zeroWhereZero(math, x, math.mul(x, math.apply('LOG', math.add(y, 1))));
  },
  Xdivy: (context) => {
    const math = calculator(context);
    const [x, y] = [context.input(0), context.input(1)];
    return zeroWhereZero(math, x, math.div(x, y));
  },
  ClipByValue: clip,
  AddN: addAll,
  AccumulateNV2: addAll,
  IsNan: isNan,
  IsInf: isInfinite,
  IsFinite: isFinite,
  Atan2: (context) => {
    const [y, x] = [context.input(0), context.input(1)];
    requireType(context, 0, 'ATAN2', ['float32']);
    if (!compatible(x.shape, y.shape))
      context.refuse(
        `its operands ${text(y.shape)} and ${text(x.shape)} differ in shape, and ATAN2 does not broadcast`,
      );
    return context.emit1('ATAN2', {}, [y, x]);
  },
  LogicalXor: (context) => calculator(context).apply('NOT_EQUAL', context.input(0), context.input(1)),
  ApproximateEqual: (context) => {
    const { sub, apply } = calculator(context);
    const distance = apply('ABS', sub(context.input(0), context.input(1)));
    return apply('LESS', distance, context.float('tolerance', 1e-5));
  },
  ZerosLike: (context) => {
    const x = context.input(0);
    requireType(context, 0, 'ZEROS_LIKE', ['float32', 'int32', 'int64', 'bool', 'int8', 'uint8', 'int16']);
    if (!x.shape.includes(-1) || !['float32', 'int32', 'int64'].includes(x.dtype)) {
      return filledLike(context, x, 0);
    }
    return context.emit1('ZEROS_LIKE', {}, [x]);
  },
};

import { kindOf, requireType } from './kit/elementwise';
import { calculator } from './kit/math';
import type { Lowering, Lowerings } from './op';

/** Rounding leaves integers as they are. */
const rounding =
  (type: string): Lowering =>
  (context) => {
    const x = context.input(0);
    if (kindOf(x.dtype) === 'int' || kindOf(x.dtype) === 'big') return x;
    requireType(context, 0, type, ['float32']);
    return context.emit1(type, {}, [x]);
  };

/** TensorFlow's remainder with the dividend's sign, from the one with the divisor's: |x| mod |y|, then x's sign. */
const truncatedMod: Lowering = (context) => {
  const { mul, apply } = calculator(context);
  const [x, y] = [context.input(0), context.input(1)];
  requireType(context, 0, 'FLOOR_MOD', ['float32', 'int32', 'int64']);
  const rest = apply('FLOOR_MOD', apply('MAXIMUM', x, apply('NEG', x)), apply('MAXIMUM', y, apply('NEG', y)));
  return apply('SELECT_V2', apply('LESS', x, 0), mul(rest, -1), rest);
};

/** Operators on whole numbers and to whole numbers. */
export const lowerings: Lowerings = {
  Ceil: rounding('CEIL'),
  Floor: rounding('FLOOR'),
  Round: rounding('ROUND'),
  Rint: rounding('ROUND'),
  Mod: truncatedMod,
  TruncateMod: truncatedMod,
};

import type { Value } from '../graph/ir';
import { PLAIN_ADD, PLAIN_MUL } from './kit/convolution';
import type { LowerContext, Lowerings } from './op';

/** lambda and lambda * alpha of the scaled exponential unit (arXiv 1706.02515). */
const SELU_SCALE = 1.0507009873554805;
const SELU_ALPHA = 1.6732632423543772;

/** ELU is positive exactly where its operand is, so LEAKY_RELU multiplies its negative side alone. */
const selu = (context: LowerContext, x: Value): Value => {
  const elu = context.emit1('ELU', {}, [x]);
  const scaled = context.emit1('LEAKY_RELU', { alpha: SELU_ALPHA }, [elu]);
  return context.emit1('MUL', PLAIN_MUL, [scaled, context.scalar('float32', SELU_SCALE)]);
};

/** From here on log(1 + exp(x)) is x in float32, well before exp(x) overflows. */
const SOFTPLUS_LINEAR = 20;

const softplus = (context: LowerContext, x: Value): Value => {
  const limited = context.emit1('MINIMUM', {}, [x, context.scalar('float32', SOFTPLUS_LINEAR)]);
  const power = context.emit1('EXP', {}, [limited]);
  const sum = context.emit1('ADD', PLAIN_ADD, [power, context.scalar('float32', 1)]);
  return context.emit1('MAXIMUM', {}, [x, context.emit1('LOG', {}, [sum])]);
};

const softsign = (context: LowerContext, x: Value): Value => {
  const size = context.emit1('ABS', {}, [x]);
  const divisor = context.emit1('ADD', PLAIN_ADD, [size, context.scalar('float32', 1)]);
  return context.emit1('DIV', { fused_activation_function: 0 }, [x, divisor]);
};

/** Activations that TFLite has no operator for, in the fewest it has. */
export const lowerings: Lowerings = {
  Selu: (context) => selu(context, context.input(0)),
  Softplus: (context) => softplus(context, context.input(0)),
  Softsign: (context) => softsign(context, context.input(0)),
};

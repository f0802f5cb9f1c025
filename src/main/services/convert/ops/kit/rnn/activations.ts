import type { RnnActivation } from '../../../source/rnn';
import type { Value } from '../../../graph/ir';
import type { LowerContext } from '../../op';
import { PLAIN_ADD, PLAIN_MUL } from '../convolution';

type Activation = (context: LowerContext, x: Value) => Value;

const plain =
  (type: string): Activation =>
  (context, x) =>
    context.emit1(type, {}, [x]);

const add = (context: LowerContext, x: Value, addend: number): Value =>
  context.emit1('ADD', PLAIN_ADD, [x, context.scalar('float32', addend)]);

const times = (context: LowerContext, x: Value, factor: number): Value =>
  context.emit1('MUL', PLAIN_MUL, [x, context.scalar('float32', factor)]);

const within = (context: LowerContext, x: Value, low: number, high: number): Value =>
  context.emit1('MAXIMUM', {}, [
    context.emit1('MINIMUM', {}, [x, context.scalar('float32', high)]),
    context.scalar('float32', low),
  ]);

/** From here on log(1 + exp(x)) is x in float32. */
const SOFTPLUS_LINEAR = 20;

/** Activations of recurrent cells as operators. */
export const ACTIVATIONS: Readonly<Record<RnnActivation, Activation>> = {
  linear: (_, x) => x,
  tanh: plain('TANH'),
  sigmoid: plain('LOGISTIC'),
  relu: plain('RELU'),
  relu6: plain('RELU6'),
  elu: plain('ELU'),
  exponential: plain('EXP'),
  silu: (context, x) => context.emit1('MUL', PLAIN_MUL, [x, context.emit1('LOGISTIC', {}, [x])]),
  softplus: (context, x) => {
    const power = context.emit1('EXP', {}, [
      context.emit1('MINIMUM', {}, [x, context.scalar('float32', SOFTPLUS_LINEAR)]),
    ]);
    return context.emit1('MAXIMUM', {}, [x, context.emit1('LOG', {}, [add(context, power, 1)])]);
  },
  softsign: (context, x) =>
    context.emit1('DIV', { fused_activation_function: 0 }, [
      x,
      add(context, context.emit1('ABS', {}, [x]), 1),
    ]),
  hard_sigmoid: (context, x) => times(context, context.emit1('RELU6', {}, [add(context, x, 3)]), 1 / 6),
  hard_sigmoid_keras2: (context, x) => within(context, add(context, times(context, x, 0.2), 0.5), 0, 1),
};

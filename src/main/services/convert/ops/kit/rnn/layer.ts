import type { Value } from '../../../graph/ir';
import { RNN_ACTIVATIONS, RNN_GATES, type RnnActivation, type RnnOp } from '../../../source/rnn';
import type { LowerContext } from '../../op';
import { constantBytes, lazyConstant, transposedConstant } from '../lazy-constant';

/** A recurrent layer as its node (source/rnn.ts) has it. Weights are constants, transposed to [gates * units, inputs]. */
export interface RnnLayer {
  readonly op: RnnOp;
  readonly x: Value;
  readonly units: number;
  readonly kernel: Value;
  readonly recurrent: Value;
  readonly bias: Value | undefined;
  /** GRU with `reset_after`: the bias of the recurrent product. */
  readonly recurrentBias: Value | undefined;
  /** GRU: the reset gate is applied after the recurrent product instead of before. */
  readonly resetAfter: boolean;
  /** Initial states, when they are given. */
  readonly states: readonly Value[];
  readonly mask: Value | undefined;
  readonly activation: RnnActivation;
  readonly recurrentActivation: RnnActivation;
  readonly timeAxis: 0 | 1;
  readonly returnSequences: boolean;
  readonly returnState: boolean;
  readonly unroll: boolean;
  readonly zeroOutputForMask: boolean;
}

/** Reads the node that is being lowered; with `go_backwards` x and mask are reversed in time already. */
export function readLayer(context: LowerContext, op: RnnOp): RnnLayer {
  const gates = RNN_GATES[op];
  const resetAfter = op === '_Gru' && context.bool('reset_after', false);
  const timeAxis = context.bool('time_major', false) ? 0 : 1;
  let next = 0;
  const take = (wanted: boolean): Value | undefined => (wanted ? context.input(next++) : undefined);
  const x = context.input(next++);
  const kernel = context.input(next++);
  const recurrent = context.input(next++);
  const bias = take(context.bool('use_bias', false));
  const hasState = context.bool('has_state', false);
  const states = [take(hasState), take(hasState && op === '_Lstm')].filter((each) => each !== undefined);
  const mask = take(context.bool('has_mask', false));
  const units = recurrent.shape[0] ?? 0;
  const features = kernel.shape[0] ?? 0;
  if (x.dtype !== 'float32') context.refuse(`it works on ${x.dtype}; only float32 is supported`);
  if (x.shape.length !== 3) context.refuse(`its input has ${x.shape.length} dimensions instead of 3`);
  for (const weight of [kernel, recurrent, bias])
    if (weight && !weight.constant)
      context.refuse(`its weights ('${weight.name}') are computed at run time and have to be constants`);
  if (kernel.shape[1] !== gates * units || recurrent.shape[1] !== gates * units)
    context.refuse(`its weights [${kernel.shape}] and [${recurrent.shape}] do not fit together`);
  const reversed = (value: Value): Value =>
    context.bool('go_backwards', false)
      ? context.emit1('REVERSE_V2', {}, [value, context.ints32([timeAxis])])
      : value;
  return {
    op,
    x: firstSteps(context, reversed(x), timeAxis),
    units,
    kernel: transposedConstant(kernel, features, gates * units, [gates * units, features]),
    recurrent: transposedConstant(recurrent, units, gates * units, [gates * units, units]),
    bias: bias && (resetAfter ? part(bias, [gates * units], 0) : bias),
    recurrentBias: resetAfter && bias ? part(bias, [gates * units], gates * units) : undefined,
    resetAfter,
    states,
    mask: mask && reversed(mask),
    activation: activation(context, 'activation', 'tanh'),
    recurrentActivation: activation(context, 'recurrent_activation', 'sigmoid'),
    timeAxis,
    returnSequences: context.bool('return_sequences', false),
    returnState: context.bool('return_state', false),
    unroll: context.bool('unroll', false),
    zeroOutputForMask: context.bool('zero_output_for_mask', false),
  };
}

/** With the attribute `steps`, that many steps of `x`. */
function firstSteps(context: LowerContext, x: Value, timeAxis: 0 | 1): Value {
  const steps = context.int('steps', -1);
  const length = x.shape[timeAxis] ?? -1;
  if (steps < 0 || steps === length) return x;
  if (length >= 0 && steps > length)
    context.refuse(`it goes through ${steps} steps of an input of ${length}`);
  const size = x.shape.map((_, axis) => (axis === timeAxis ? steps : -1));
  return context.emit1('SLICE', {}, [x, context.ints32([0, 0, 0]), context.ints32(size)]);
}

/** Elements of a float32 constant from element `start` on, under a shape of their own. */
export function part(value: Value, shape: readonly number[], start: number): Value {
  const count = shape.reduce((a, b) => a * b, 1);
  return lazyConstant(value.name, { dtype: value.dtype, shape }, () =>
    constantBytes(value).slice(4 * start, 4 * (start + count)),
  );
}

/** Rows `gate * units` to `(gate + count) * units` of a matrix whose rows are the gates' one after the other. */
export const gateRows = (weights: Value, units: number, gate: number, count = 1): Value => {
  const columns = weights.shape[1] ?? 1;
  const perGate = weights.shape.length === 1 ? units : units * columns;
  const shape = weights.shape.length === 1 ? [count * units] : [count * units, columns];
  return part(weights, shape, gate * perGate);
};

function activation(context: LowerContext, attr: string, fallback: RnnActivation): RnnActivation {
  const name = context.string(attr, fallback);
  return (
    RNN_ACTIVATIONS.find((each) => each === name) ??
    context.refuse(`its ${attr} '${name}' is not supported in a recurrent layer`)
  );
}

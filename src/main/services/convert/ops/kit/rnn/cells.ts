import { Value } from '../../../graph/ir';
import type { LowerContext } from '../../op';
import { PLAIN_DENSE } from '../../fully-connected';
import { PLAIN_ADD, PLAIN_MUL } from '../convolution';
import { ACTIVATIONS } from './activations';
import { gateRows, type RnnLayer } from './layer';

/** One step in time: from the input's projection [batch, gates * units] and the states, the new states; the first is the output. */
export type Step = (context: LowerContext, projected: Value, states: readonly Value[]) => readonly Value[];

/** Number of states: h, and for LSTM c. */
export const stateCount = (layer: RnnLayer): number => (layer.op === '_Lstm' ? 2 : 1);

/** The input's share of all steps at once: [batch, time, gates * units], or time first. */
export const project = (context: LowerContext, layer: RnnLayer): Value =>
  context.emit1('FULLY_CONNECTED', { ...PLAIN_DENSE, keep_num_dims: true }, [
    layer.x,
    layer.kernel,
    layer.bias ?? null,
  ]);

export const stepOf = (layer: RnnLayer): Step => {
  if (layer.op === '_Lstm') return lstmStep(layer);
  if (layer.op === '_SimpleRnn') return simpleStep(layer);
  return layer.resetAfter ? gruStepResetAfter(layer) : gruStepResetBefore(layer);
};

const add = (context: LowerContext, a: Value, b: Value): Value => context.emit1('ADD', PLAIN_ADD, [a, b]);
const mul = (context: LowerContext, a: Value, b: Value): Value => context.emit1('MUL', PLAIN_MUL, [a, b]);

/** Constants belong to one graph, and steps may be built in several. */
const copied = (value: Value): Value => {
  const copy = new Value(value.name, value);
  copy.constant = value.constant;
  return copy;
};

const dense = (context: LowerContext, x: Value, weights: Value, bias?: Value): Value =>
  context.emit1('FULLY_CONNECTED', PLAIN_DENSE, [x, copied(weights), bias ? copied(bias) : null]);

const split = (context: LowerContext, value: Value, count: number): readonly Value[] =>
  context.emit('SPLIT', { num_splits: count }, [context.scalar('int32', 1), value]);

const lstmStep =
  (layer: RnnLayer): Step =>
  (context, projected, [h, c]) => {
    const gates = add(context, projected, dense(context, h as Value, layer.recurrent));
    const [i, f, g, o] = split(context, gates, 4) as [Value, Value, Value, Value];
    const inner = ACTIVATIONS[layer.recurrentActivation];
    const outer = ACTIVATIONS[layer.activation];
    const kept = mul(context, inner(context, f), c as Value);
    const cell = add(context, kept, mul(context, inner(context, i), outer(context, g)));
    return [mul(context, inner(context, o), outer(context, cell)), cell];
  };

const simpleStep =
  (layer: RnnLayer): Step =>
  (context, projected, [h]) => [
    ACTIVATIONS[layer.activation](
      context,
      add(context, projected, dense(context, h as Value, layer.recurrent)),
    ),
  ];

/** h' = z h + (1 - z) n, written as n + z (h - n). */
const blend = (context: LowerContext, z: Value, h: Value, n: Value): Value =>
  add(context, n, mul(context, z, context.emit1('SUB', PLAIN_ADD, [h, n])));

const gruStepResetAfter =
  (layer: RnnLayer): Step =>
  (context, projected, [state]) => {
    const h = state as Value;
    const inner = ACTIVATIONS[layer.recurrentActivation];
    const [xz, xr, xn] = split(context, projected, 3) as [Value, Value, Value];
    const recurrent = dense(context, h, layer.recurrent, layer.recurrentBias);
    const [hz, hr, hn] = split(context, recurrent, 3) as [Value, Value, Value];
    const z = inner(context, add(context, xz, hz));
    const r = inner(context, add(context, xr, hr));
    const n = ACTIVATIONS[layer.activation](context, add(context, xn, mul(context, r, hn)));
    return [blend(context, z, h, n)];
  };

const gruStepResetBefore =
  (layer: RnnLayer): Step =>
  (context, projected, [state]) => {
    const h = state as Value;
    const { units } = layer;
    const inner = ACTIVATIONS[layer.recurrentActivation];
    const [xz, xr, xn] = split(context, projected, 3) as [Value, Value, Value];
    const z = inner(context, add(context, xz, dense(context, h, gateRows(layer.recurrent, units, 0))));
    const r = inner(context, add(context, xr, dense(context, h, gateRows(layer.recurrent, units, 1))));
    const candidate = dense(context, mul(context, r, h), gateRows(layer.recurrent, units, 2));
    const n = ACTIVATIONS[layer.activation](context, add(context, xn, candidate));
    return [blend(context, z, h, n)];
  };

import { RNN_ACTIVATIONS, type RnnActivation, type RnnOp } from '../../../source/rnn';
import {
  tensorsIn,
  type LayerContext,
  type LayerDefinition,
  type LayerTable,
  type WeightSpec,
} from '../layer';
import type { KerasLayer } from '../model';
import { attr, type Sym, type SymType } from '../nodes/writer';
import { activationName } from './activation-functions';
import { floatInput } from './core';

const cellWeights = (layer: KerasLayer): readonly WeightSpec[] => [
  { name: 'kernel', part: 'cell' },
  { name: 'recurrent_kernel', part: 'cell' },
  ...(layer.config.bool('use_bias', true) ? [{ name: 'bias', part: 'cell' }] : []),
];

function rnnActivation(c: LayerContext, setting: string, fallback: string): RnnActivation {
  const name = activationName(c.config.get(setting) ?? fallback);
  const old =
    name === 'hard_sigmoid' && c.kerasMajor < 3 ? 'hard_sigmoid_keras2' : name === 'swish' ? 'silu' : name;
  const known = RNN_ACTIVATIONS.find((each) => each === old);
  return (
    known ?? c.refuse(`its activation '${name ?? 'of another kind'}' is not supported in a recurrent layer`)
  );
}

/** States come as further inputs or by keyword. */
function initialStates(c: LayerContext): readonly Sym[] {
  const given = c.kwargs.get('initial_state');
  return given ? tensorsIn([given]) : c.inputs.slice(1);
}

function recurrent(op: RnnOp): LayerDefinition {
  const stateCount = op === '_Lstm' ? 2 : 1;
  const write = (c: LayerContext): readonly Sym[] => {
    if (c.config.bool('stateful', false))
      return c.refuse('it keeps its state between calls (stateful=True); save the model with stateful=False');
    const x = floatInput(c);
    if (x.shape.length !== 3) return c.refuse('its input has to be [batch, time, features]');
    const { w, config } = c;
    const states = initialStates(c);
    if (states.length > 0 && states.length !== stateCount)
      return c.refuse(`it is given ${states.length} initial states`);
    const mask = c.keyword('mask') ?? x.mask ?? c.input().mask;
    const useBias = c.hasWeight('bias');
    const bias = useBias ? [c.weight('bias')] : [];
    const [batch = -1, time = -1] = config.bool('time_major', false) ? [x.shape[1], x.shape[0]] : x.shape;
    const units = config.int('units');
    const sequences = config.bool('return_sequences', false);
    const steps = config.bool('time_major', false) ? [time, batch, units] : [batch, time, units];
    const state: SymType = { dtype: x.dtype, shape: [batch, units] };
    const types = [
      sequences ? { dtype: x.dtype, shape: steps } : state,
      ...Array.from({ length: stateCount }, () => state),
    ];
    const operands = [
      x,
      c.weight('kernel'),
      c.weight('recurrent_kernel'),
      ...bias,
      ...states,
      ...(mask ? [mask] : []),
    ];
    const flag = (name: string): [string, ReturnType<typeof attr.bool>] => [
      name,
      attr.bool(config.bool(name, false)),
    ];
    const outputs = w.addMany(op, operands, types, {
      ...Object.fromEntries(
        [
          'go_backwards',
          'return_sequences',
          'return_state',
          'time_major',
          'unroll',
          'zero_output_for_mask',
        ].map(flag),
      ),
      units: attr.int(units),
      activation: attr.string(rnnActivation(c, 'activation', 'tanh')),
      ...(op === '_SimpleRnn'
        ? {}
        : { recurrent_activation: attr.string(rnnActivation(c, 'recurrent_activation', 'sigmoid')) }),
      reset_after: attr.bool(
        op === '_Gru' && useBias ? bias[0]?.shape.length === 2 : config.bool('reset_after', false),
      ),
      use_bias: attr.bool(useBias),
      has_state: attr.bool(states.length > 0),
      has_mask: attr.bool(mask !== undefined),
    });
    const [first, ...last] = outputs as [Sym, ...Sym[]];
    const result = sequences && mask ? { ...first, mask } : first;
    return config.bool('return_state', false) ? [result, ...last] : [result];
  };
  return { weights: cellWeights, write, usesMask: true };
}

export const recurrentLayers: LayerTable = {
  LSTM: recurrent('_Lstm'),
  GRU: recurrent('_Gru'),
  SimpleRNN: recurrent('_SimpleRnn'),
};

import { Value } from '../../../graph/ir';
import type { LowerContext } from '../../op';
import type { SequenceLstmAttrs } from '../../unidirectional-sequence-lstm';
import { FUSED } from '../fused';
import { floatConstant } from '../lazy-constant';
import { lastStep } from './last-step';
import { gateRows, type RnnLayer } from './layer';

const OPERANDS = 24;
const GATES = [0, 1, 2, 3];

/**
 * Whether a layer is what UNIDIRECTIONAL_SEQUENCE_LSTM computes: its states are variables of fixed size that start as zeros
 * and are not seen from outside.
 */
export const isFusable = (layer: RnnLayer): boolean =>
  layer.op === '_Lstm' &&
  layer.activation === 'tanh' &&
  layer.recurrentActivation === 'sigmoid' &&
  layer.states.length === 0 &&
  layer.mask === undefined &&
  !layer.returnState &&
  (layer.x.shape[1 - layer.timeAxis] ?? -1) > 0;

/** The layer as one operator. */
export function fusedLstm(context: LowerContext, layer: RnnLayer): Value {
  const { units, timeAxis, x } = layer;
  const batch = x.shape[1 - timeAxis] ?? 1;
  const operands: (Value | null)[] = Array.from({ length: OPERANDS }, () => null);
  operands[0] = x;
  for (const gate of GATES) {
    operands[1 + gate] = gateRows(layer.kernel, units, gate);
    operands[5 + gate] = gateRows(layer.recurrent, units, gate);
    operands[12 + gate] = layer.bias
      ? gateRows(layer.bias, units, gate)
      : floatConstant(`${context.node.name}/bias`, [units], new Float32Array(units));
  }
  operands[18] = variable(`${context.node.name}/h`, [batch, units]);
  operands[19] = variable(`${context.node.name}/c`, [batch, units]);
  const attrs: SequenceLstmAttrs = {
    fused_activation_function: FUSED.TANH,
    cell_clip: 0,
    proj_clip: 0,
    time_major: timeAxis === 0,
    asymmetric_quantize_inputs: false,
    diagonal_recurrent_tensors: false,
  };
  const sequence = context.emit1('UNIDIRECTIONAL_SEQUENCE_LSTM', attrs, operands);
  return layer.returnSequences ? sequence : lastStep(context, sequence, timeAxis);
}

function variable(name: string, shape: readonly number[]): Value {
  const value = new Value(name, { dtype: 'float32', shape });
  value.isVariable = true;
  return value;
}

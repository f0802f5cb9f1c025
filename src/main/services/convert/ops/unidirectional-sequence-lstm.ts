import type { Op } from '../graph/ir';
import { isHybrid } from './kit/hybrid';
import { versions } from './kit/versions';
import { defineOp, type LstmOperands } from './op';

export interface SequenceLstmAttrs {
  fused_activation_function: number;
  cell_clip: number;
  proj_clip: number;
  time_major: boolean;
  asymmetric_quantize_inputs: boolean;
  diagonal_recurrent_tensors: boolean;
}

const version = versions('1.13.1', '1.14.0', '2.3.0', '2.12.0');

const LSTM = {
  weights: [1, 2, 3, 4],
  recurrent: [5, 6, 7, 8],
  peepholes: [9, 10, 11],
  biases: [12, 13, 14, 15],
  projection: 16,
  projectionBias: 17,
  outputState: 18,
  cellState: 19,
  layerNorm: [20, 21, 22, 23],
} as const satisfies LstmOperands;

/**
 * A whole LSTM layer. Operands (lstm_shared.h): 0 input · 1-4 weights of input, forget, cell, output gate [units, features] ·
 * 5-8 recurrent weights [units, units] · 9-11 peepholes · 12-15 biases · 16, 17 projection · 18 output state, 19 cell state,
 * both variables [batch, units] · 20-23 layer normalization.
 */
export const op = defineOp<SequenceLstmAttrs>({
  type: 'UNIDIRECTIONAL_SEQUENCE_LSTM',
  code: 44,
  options: {
    union: 71,
    fields: [
      ['fused_activation_function', 'int8', 0],
      ['cell_clip', 'float32', 0],
      ['proj_clip', 'float32', 0],
      ['time_major', 'bool', false],
      ['asymmetric_quantize_inputs', 'bool', false],
      ['diagonal_recurrent_tensors', 'bool', false],
    ],
  },
  // Keeps its state in variables, so no two are the same and none can be left out of a sequence.
  stateful: true,
  quantization: {
    rule: 'free',
    operands: [0],
    lstm: LSTM,
    int16Kernel: false,
    dynamicRange: 'compute',
    allWeights: [...LSTM.weights, ...LSTM.recurrent, LSTM.projection],
  },
  version(op) {
    if (op.attrs.diagonal_recurrent_tensors) return version(4);
    // The integer kernel came without a version of its own.
    if (op.input(0).dtype === 'int8') return { version: 1, since: '2.3.0' };
    if (!isHybrid(op, 2)) return version(1);
    return version(op.attrs.asymmetric_quantize_inputs ? 3 : 2);
  },
  infer(op: Op<SequenceLstmAttrs>) {
    const { dtype, shape } = op.input(0);
    const [units = -1] = op.input(18).shape.slice(1);
    if (shape.length !== 3) throw new Error(`its input has ${shape.length} dimensions instead of 3`);
    const batch = shape[op.attrs.time_major ? 1 : 0];
    if (batch !== op.input(18).shape[0]) throw new Error(`its state is not of the batch size ${batch}`);
    return [{ dtype, shape: shape.with(2, units) }];
  },
});

import type { Quantization } from '@shared/model/tensor';
import { dataOf } from '../convert/graph/constant';
import { Value, type Op } from '../convert/graph/ir';
import type { LstmOperands } from '../convert/ops/op';
import { clamp, roundHalfAway } from './rounding';
import { activationScale, perTensor, type Range } from './scales';
import type { WeightReader } from './weight-reader';
import { biasFloor, quantizeBias, quantizeWeights } from './weights';

// Types and scales of the integer kernel: tflite/kernels/unidirectional_sequence_lstm.cc and lstm_eval.cc of
// google-ai-edge/LiteRT (PopulateQuantizedLstmParams8x8_8), rules of operator_property.cc.

/** The part of the operator's attributes that matters here. */
interface LstmAttrs {
  readonly fused_activation_function: number;
  readonly diagonal_recurrent_tensors: boolean;
  readonly cell_clip: number;
  readonly time_major: boolean;
}
/** ActivationFunctionType.TANH of TFLite's schema. */
const TANH = 4;
const MAX_INT16 = 32_767;
/** The kernel wants the cell's scale to be a power of two of at most 2^-9: cells up to 64. */
const MOST_CELL_BITS = 6;
/** Calibration sees the cell at the end of a sequence alone; 16 bits have room for so much more in its middle. */
const CELL_MARGIN = 4;
/** What is inside of a projection is o * tanh(c). */
const HIDDEN: Range = { min: -1, max: 1 };

/** Why a layer cannot run on integers; undefined when it can. */
export function whyFloatLstm(op: Op, lstm: LstmOperands): string | undefined {
  const { fused_activation_function: activation, diagonal_recurrent_tensors: diagonal } =
    op.attrs as LstmAttrs;
  const isConstant = (i: number): boolean => op.inputs[i]?.constant !== undefined;
  if (lstm.layerNorm.some((i) => op.inputs[i]))
    return 'calibration cannot see inside of its layer normalization';
  if (diagonal) return 'its integer kernel has no diagonal recurrent weights';
  if (activation !== TANH) return 'its integer kernel knows no activation but tanh';
  if (![...lstm.weights, ...lstm.recurrent].every((i) => !op.inputs[i] || isConstant(i)))
    return 'its weights are computed by the model';
  // The kernel reads these without asking whether they are there.
  if (!lstm.biases.slice(1).every(isConstant)) return 'it has gates without a bias';
  if (![lstm.outputState, lstm.cellState].every((i) => op.inputs[i]?.isVariable))
    return 'its states are not its own';
  return undefined;
}

/**
 * Gives a layer of LSTM whose input and output are int8 already its integer weights, biases, states and intermediates.
 * `cell` is the range of the cell state at the ends of sequences, where calibration saw it.
 */
export function quantizeLstm(
  op: Op,
  lstm: LstmOperands,
  cell: Range | undefined,
  reader: WeightReader,
): void {
  const inputScale = op.input(0).quantization?.scale[0] ?? 1;
  const output = op.output().quantization ?? activationScale(HIDDEN, 'int8');
  const outputScale = output.scale[0] ?? 1;
  const projects = Boolean(op.inputs[lstm.projection]);
  const hidden = projects ? activationScale(HIDDEN, 'int8') : output;
  for (const [gate, weightAt] of lstm.weights.entries()) {
    if (!op.inputs[weightAt]) continue;
    weightsAndBias(op, weightAt, lstm.biases[gate] as number, inputScale, reader);
    const recurrentAt = lstm.recurrent[gate] as number;
    weightsAndBias(op, recurrentAt, undefined, outputScale, reader);
  }
  for (const i of lstm.peepholes) peephole(op, i, reader);
  if (projects) weightsAndBias(op, lstm.projection, lstm.projectionBias, hidden.scale[0] ?? 1, reader);
  setState(op, lstm.outputState, 'int8', output);
  setState(op, lstm.cellState, 'int16', perTensor(cellScale(op, cell), 0));
  const unused = ['input', 'forget', 'cell', 'output'].map(
    (gate) => new Value(`${op.name}/input_to_${gate}`, { dtype: 'float32', shape: [0] }),
  );
  const inside = new Value(`${op.name}/hidden`, { dtype: 'int8', shape: [0] });
  inside.quantization = hidden;
  op.intermediates = [...unused, inside];
}

/** The least power of two that holds the cell: |c| grows by 1 a step at most. */
export function cellScale(op: Op, seen: Range | undefined): number {
  const { cell_clip: clip, time_major: timeMajor } = op.attrs as LstmAttrs;
  const steps = op.input(0).shape[timeMajor ? 0 : 1] ?? -1;
  const most = Math.min(
    clip > 0 ? clip : Infinity,
    steps > 0 ? steps : Infinity,
    seen ? Math.max(1, CELL_MARGIN * Math.max(-seen.min, seen.max)) : Infinity,
  );
  return 2 ** (clamp(Math.ceil(Math.log2(most)), 0, MOST_CELL_BITS) - 15);
}

function weightsAndBias(
  op: Op,
  weightAt: number,
  biasAt: number | undefined,
  inputScale: number,
  reader: WeightReader,
): void {
  const weights = op.input(weightAt);
  const bias = biasAt === undefined ? undefined : op.inputs[biasAt];
  const biasValues = bias ? reader.read(bias) : undefined;
  const floor = biasValues ? Math.max(0, ...biasFloor(biasValues, inputScale)) : 0;
  const { codes, quantization } = quantizeWeights(reader.read(weights), weights.shape, undefined, [floor]);
  op.setInput(weightAt, constant(weights, 'int8', codes, quantization));
  if (!bias || !biasValues || biasAt === undefined) return;
  const made = quantizeBias(biasValues, inputScale, quantization, false);
  op.setInput(biasAt, constant(bias, 'int32', made.codes as Int32Array, made.quantization));
}

function peephole(op: Op, index: number, reader: WeightReader): void {
  const value = op.inputs[index];
  if (!value) return;
  const values = reader.read(value);
  const most = values.reduce((max, x) => (Math.abs(x) < Infinity ? Math.max(max, Math.abs(x)) : max), 0);
  const scale = most === 0 ? 1 : Math.fround(most / MAX_INT16);
  const codes = Int16Array.from(values, (x) => clamp(roundHalfAway((x || 0) / scale), -MAX_INT16, MAX_INT16));
  op.setInput(index, constant(value, 'int16', codes, perTensor(scale, 0)));
}

function setState(op: Op, index: number, dtype: 'int8' | 'int16', quantization: Quantization): void {
  const before = op.input(index);
  const state = new Value(before.name, { dtype, shape: before.shape });
  state.isVariable = true;
  state.quantization = quantization;
  op.setInput(index, state);
}

function constant(
  { name, shape }: Value,
  dtype: 'int8' | 'int16' | 'int32',
  codes: Int8Array | Int16Array | Int32Array,
  quantization: Quantization,
): Value {
  const value = new Value(name, { dtype, shape });
  value.constant = dataOf(codes);
  value.quantization = quantization;
  return value;
}

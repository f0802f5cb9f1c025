import { elementCount } from '@shared/model/tensor';
import { dataOf } from '../convert/graph/constant';
import { isForeign } from '../convert/graph/foreign';
import { Op, Value, type Graph, type Model } from '../convert/graph/ir';
import { allGraphs } from '../convert/graph/subgraphs';
import { compareVersions } from '../convert/write/version';
import { opDefinition } from '../convert/registry';
import { addDequantize } from './boundary';
import type { WeightReader } from './weight-reader';
import { quantizeWeights } from './weights';

/** Below this many elements 8-bit weights save less than their scales and names take. */
const MIN_ELEMENTS = 64;
/** The first runtime with per-channel weights in dynamic-range FULLY_CONNECTED (operator version 12). */
const PER_CHANNEL_DENSE_SINCE = '2.17';

export interface DynamicRangeOptions {
  readonly perChannel: boolean;
  readonly minWeightElements: number;
  readonly targetRuntime: string;
  readonly shouldQuantize: (op: Op) => boolean;
  readonly reader: WeightReader;
  /** Told of weights that are too small. */
  readonly onSkipped: (weights: Value) => void;
}

/** Stores weights as int8; activations stay float and are quantized by the kernels as they run. The model is changed. */
export function toDynamicRange(model: Model, options: DynamicRangeOptions): void {
  for (const graph of allGraphs(model)) {
    const forms = new WeightForms(options.reader);
    const dequantized = new Map<Value, Value>();
    for (const op of graph.sorted()) {
      if (isForeign(op)) continue;
      const { dynamicRange, weights: facts, allWeights } = opDefinition(op.type).quantization;
      if (dynamicRange === undefined || !options.shouldQuantize(op)) continue;
      if (allWeights) {
        quantizeTogether(op, allWeights, forms, options);
        continue;
      }
      // BATCH_MATMUL's right side and GATHER's table are weights when they are constants.
      const operand = facts?.operand ?? (dynamicRange === 'compute' ? 1 : 0);
      const weights = op.inputs[operand];
      if (!weights?.constant || weights.dtype !== 'float32') continue;
      if (elementCount(weights.shape) < Math.max(MIN_ELEMENTS, options.minWeightElements)) {
        options.onSkipped(weights);
        continue;
      }
      const perChannel = options.perChannel && allowsPerChannel(op, options.targetRuntime);
      const codes = forms.of(weights, perChannel ? facts?.axis : undefined);
      if (dynamicRange === 'compute') {
        op.setInput(operand, codes);
        askForAsymmetric(op);
      } else if (op.type === 'GATHER') gatherCodes(graph, op, codes);
      else {
        let float = dequantized.get(codes);
        if (!float) dequantized.set(codes, (float = addDequantize(graph, codes)));
        op.setInput(operand, float);
      }
    }
  }
}

/** Weights that a kernel takes as int8 all or none. */
function quantizeTogether(
  op: Op,
  operands: readonly number[],
  forms: WeightForms,
  options: DynamicRangeOptions,
): void {
  const given = operands.filter((i) => op.inputs[i]);
  const weights = given.map((i) => op.input(i));
  if (!weights.every((value) => value.constant && value.dtype === 'float32')) return;
  if (weights.reduce((sum, { shape }) => sum + elementCount(shape), 0) < options.minWeightElements) {
    weights.forEach(options.onSkipped);
    return;
  }
  for (const [k, i] of given.entries()) op.setInput(i, forms.of(weights[k] as Value, undefined));
  askForAsymmetric(op);
}

function askForAsymmetric(op: Op): void {
  if ('asymmetric_quantize_inputs' in op.attrs) op.attrs = { ...op.attrs, asymmetric_quantize_inputs: true };
}

/** Gathers codes and dequantizes what was gathered: the whole table never is. */
function gatherCodes(graph: Graph, op: Op, codes: Value): void {
  const output = op.output();
  const gathered = new Value(`${output.name}_int8`, { dtype: 'int8', shape: output.shape });
  gathered.quantization = codes.quantization;
  op.setInput(0, codes);
  op.setOutputs([gathered]);
  graph.add(new Op('DEQUANTIZE', `${output.name}_dequantize`, {}, [gathered], [output]));
}

/** Weights that several operators share are stored once for each axis that they are scaled along. */
class WeightForms {
  readonly #forms = new Map<Value, Map<number | undefined, Value>>();
  readonly #reader: WeightReader;

  constructor(reader: WeightReader) {
    this.#reader = reader;
  }

  of(weights: Value, axis: number | undefined): Value {
    const forms = this.#forms.get(weights) ?? new Map<number | undefined, Value>();
    this.#forms.set(weights, forms);
    const codes = forms.get(axis) ?? int8Weights(weights, this.#reader.read(weights), axis);
    forms.set(axis, codes);
    return codes;
  }
}

function int8Weights(weights: Value, values: Float32Array, axis: number | undefined): Value {
  const { codes, quantization } = quantizeWeights(values, weights.shape, axis);
  const value = new Value(weights.name, { dtype: 'int8', shape: weights.shape });
  value.constant = dataOf(codes);
  value.quantization = quantization;
  return value;
}

const allowsPerChannel = (op: Op, targetRuntime: string): boolean =>
  op.type !== 'FULLY_CONNECTED' || compareVersions(targetRuntime, PER_CHANNEL_DENSE_SINCE) >= 0;

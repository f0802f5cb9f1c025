import { viewAs } from '@shared/model/dtype';
import { elementCount } from '@shared/model/tensor';
import { dataOf } from '../convert/graph/constant';
import type { Model, Op } from '../convert/graph/ir';
import { Value } from '../convert/graph/ir';
import { allGraphs } from '../convert/graph/subgraphs';
import { compareVersions } from '../convert/write/version';
import { opDefinition } from '../convert/registry';
import { addDequantize } from './boundary';
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
}

/** Stores weights as int8; activations stay float and are quantized by the kernels as they run. The model is changed. */
export function toDynamicRange(model: Model, options: DynamicRangeOptions): void {
  for (const graph of allGraphs(model)) {
    const quantized = new Map<Value, Map<number | undefined, Value>>();
    const dequantized = new Map<Value, Value>();
    for (const op of graph.sorted()) {
      const facts = opDefinition(op.type).quantization;
      if (facts.dynamicRange === undefined || !facts.weights || !options.shouldQuantize(op)) continue;
      const { operand, axis } = facts.weights;
      const weights = op.inputs[operand];
      if (!weights?.constant || weights.dtype !== 'float32') continue;
      if (elementCount(weights.shape) < Math.max(MIN_ELEMENTS, options.minWeightElements)) continue;
      const channelAxis =
        options.perChannel && allowsPerChannel(op, options.targetRuntime) ? axis : undefined;
      const forms = quantized.get(weights) ?? new Map<number | undefined, Value>();
      quantized.set(weights, forms);
      const codes = forms.get(channelAxis) ?? int8Weights(weights, channelAxis);
      forms.set(channelAxis, codes);
      if (facts.dynamicRange === 'compute') {
        op.setInput(operand, codes);
        if ('asymmetric_quantize_inputs' in op.attrs)
          op.attrs = { ...op.attrs, asymmetric_quantize_inputs: true };
        continue;
      }
      let float = dequantized.get(codes);
      if (!float) dequantized.set(codes, (float = addDequantize(graph, codes)));
      op.setInput(operand, float);
    }
  }
}

function int8Weights(weights: Value, axis: number | undefined): Value {
  const values = viewAs('float32', weights.constant?.bytes() ?? new Uint8Array());
  const { codes, quantization } = quantizeWeights(values, weights.shape, axis);
  const value = new Value(weights.name, { dtype: 'int8', shape: weights.shape });
  value.constant = dataOf(codes);
  value.quantization = quantization;
  return value;
}

const allowsPerChannel = (op: Op, targetRuntime: string): boolean =>
  op.type !== 'FULLY_CONNECTED' || compareVersions(targetRuntime, PER_CHANNEL_DENSE_SINCE) >= 0;

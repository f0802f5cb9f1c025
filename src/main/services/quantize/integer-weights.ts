import type { Quantization } from '@shared/model/tensor';
import { dataOf } from '../convert/graph/constant';
import { Value, type Op } from '../convert/graph/ir';
import type { QuantizationFacts } from '../convert/ops/op';
import { compareVersions } from '../convert/write/version';
import type { WeightReader } from './weight-reader';
import { biasFloor, quantizeBias, quantizeWeights } from './weights';

export interface WeightOptions {
  readonly activations: 'int8' | 'int16';
  readonly perChannel: boolean;
  readonly targetRuntime: string;
  readonly reader: WeightReader;
}

/** Replaces an operator's constant weights and bias by integers. `input` is its activation's scale. */
export function quantizeOperatorWeights(
  op: Op,
  facts: QuantizationFacts,
  input: Quantization | undefined,
  options: WeightOptions,
): void {
  if (!facts.weights) return;
  const { operand, axis, bias, perChannelSince } = facts.weights;
  const weights = op.input(operand);
  const inputScale = input?.scale[0] ?? 1;
  const biasValue = bias === undefined ? undefined : (op.inputs[bias] ?? undefined);
  const biasValues = biasValue && options.reader.read(biasValue);
  const perChannel =
    options.perChannel &&
    (perChannelSince === undefined || compareVersions(options.targetRuntime, perChannelSince) >= 0);
  const floor = biasValues ? biasFloor(biasValues, inputScale) : [];
  const { codes, quantization } = quantizeWeights(
    options.reader.read(weights),
    weights.shape,
    perChannel ? axis : undefined,
    options.activations === 'int16' ? [] : perChannel ? floor : [Math.max(0, ...floor)],
  );
  op.setInput(operand, constant(weights.name, 'int8', weights.shape, codes, quantization));
  if (bias === undefined || !biasValue || !biasValues) return;
  const wide = options.activations === 'int16';
  const quantized = quantizeBias(biasValues, inputScale, quantization, wide);
  op.setInput(
    bias,
    constant(
      biasValue.name,
      wide ? 'int64' : 'int32',
      biasValue.shape,
      quantized.codes,
      quantized.quantization,
    ),
  );
}

function constant(
  name: string,
  dtype: 'int8' | 'int32' | 'int64',
  shape: readonly number[],
  codes: Int8Array | Int32Array | BigInt64Array,
  quantization: Quantization,
): Value {
  const value = new Value(name, { dtype, shape });
  value.constant = dataOf(codes);
  value.quantization = quantization;
  return value;
}

import type { Op, Value } from '../../graph/ir';

/** True for weights with a scale per channel. */
export const isPerChannel = (weights: Value): boolean => (weights.quantization?.scale.length ?? 0) > 1;

/** True when float activations meet int8 weights: the dynamic-range form of an operator. */
export const isHybrid = (op: Op, weights: number, activations = 0): boolean =>
  op.input(activations).dtype === 'float32' && op.input(weights).dtype === 'int8';

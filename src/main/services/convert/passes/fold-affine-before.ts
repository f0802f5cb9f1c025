import { viewAs } from '@shared/model/dtype';
import type { Graph, Op } from '../graph/ir';
import type { Conv2dAttrs } from '../ops/conv-2d';
import { PADDING } from '../ops/kit/fused';
import { constantBytes } from '../ops/kit/lazy-constant';
import { sameShape } from '../ops/kit/shapes';
import { perChannel, withConstant } from './kit/match';
import { peephole } from './pass';
import { activationOf, biasOf, scaleWeights, setBias, weighted, type Weighted } from './kit/weighted';

/** Weights up to this many elements are read to add what an offset of the input amounts to. */
const MAX_ELEMENTS = 1 << 22;

/**
 * Takes a product with a constant per channel, and a sum where no padding could tell the difference, into the weights and
 * the bias of the layer after it: the rescaling of an image, a normalization in front of a dense layer.
 */
export const foldAffineBefore = peephole(
  'fold affine before',
  ['CONV_2D', 'DEPTHWISE_CONV_2D', 'FULLY_CONNECTED'],
  (op, graph) => {
    // A sum first, then the product before it; a sum that has to stay keeps the product as well, for two would not be one.
    for (let round = 0; round < 2; round++) if (!foldOne(op, graph)) return;
  },
);

function foldOne(op: Op, graph: Graph): boolean {
  const x = op.input(0);
  const before = x.producer;
  if (!before || !graph.isOnlyUser(x, op) || activationOf(before.attrs) !== 0) return false;
  if (before.type !== 'MUL' && before.type !== 'ADD') return false;
  const operands = withConstant(before);
  // The layer may apply an activation already: what is folded lies before it.
  const target = weighted(op, true);
  if (!operands || !target || !sameShape(operands.x.shape, x.shape)) return false;
  const inputs = x.shape[x.shape.length - 1] ?? -1;
  if (inputs < 1 || !readsChannels(target, inputs)) return false;
  const values = perChannel(operands.constant, x.shape, inputs);
  if (!values?.every(Number.isFinite)) return false;
  if (before.type === 'ADD' && !addOffset(target, values)) return false;
  if (before.type === 'MUL') scaleWeights(target, target.layout.inputs, values);
  graph.remove(before);
  op.setInput(0, operands.x);
  return true;
}

/** False for grouped convolutions, depthwise ones with a multiplier, and for dense layers that flatten more than the last axis. */
const readsChannels = ({ layout, weights }: Weighted, inputs: number): boolean =>
  weights.shape[layout.inputs] === inputs;

/** Adds what the offset of the input gives through the weights to the bias; false where padding would not have it. */
function addOffset(target: Weighted, values: Float32Array): boolean {
  const { op, layout, weights, channels } = target;
  const size = weights.shape.reduce((a, b) => a * b, 1);
  const taps = op.type === 'FULLY_CONNECTED' ? 1 : (weights.shape[1] ?? 1) * (weights.shape[2] ?? 1);
  if (size > MAX_ELEMENTS || (taps > 1 && (op.attrs as Conv2dAttrs).padding !== PADDING.VALID)) return false;
  const data = viewAs('float32', constantBytes(weights));
  const sums = Float64Array.from(biasOf(target));
  const perOutput = size / channels;
  const inputs = values.length;
  if (layout.outputs === 0)
    for (let i = 0; i < size; i++) {
      const output = Math.floor(i / perOutput);
      sums[output] = (sums[output] as number) + (data[i] as number) * (values[i % inputs] as number);
    }
  else
    for (let i = 0; i < size; i++) {
      const output = i % channels;
      sums[output] = (sums[output] as number) + (data[i] as number) * (values[output] as number);
    }
  setBias(target, Float32Array.from(sums));
  return true;
}

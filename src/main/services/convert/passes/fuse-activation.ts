import type { Op, Value } from '../graph/ir';
import { FUSED, type FusedAttrs } from '../ops/kit/fused';
import { behindShaping } from './kit/match';
import { takeOver } from './kit/rewrite';
import { peephole } from './pass';

const ACTIVATIONS: Readonly<Record<string, number>> = {
  RELU: FUSED.RELU,
  RELU6: FUSED.RELU6,
  RELU_N1_TO_1: FUSED.RELU_N1_TO_1,
};

/**
 * Operators whose kernels clamp their result. CONCATENATION and L2_NORMALIZATION have the option but refuse or ignore it.
 */
const CLAMPING = new Set([
  'CONV_2D',
  'DEPTHWISE_CONV_2D',
  'FULLY_CONNECTED',
  'TRANSPOSE_CONV',
  'CONV_3D',
  'CONV_3D_TRANSPOSE',
  'ADD',
  'SUB',
  'MUL',
  'DIV',
  'AVERAGE_POOL_2D',
  'MAX_POOL_2D',
  'L2_POOL_2D',
]);

/** Makes RELU, RELU6 and RELU_N1_TO_1 the fused activation of the operator before, also through reshapes. */
export const fuseActivation = peephole('fuse activation', Object.keys(ACTIVATIONS), (op, graph) => {
  const x = op.input(0);
  const last = x.producer;
  const target = behindShaping(graph, x, op);
  if (!last || !target || !canClamp(target, x)) return;
  (target.attrs as FusedAttrs) = {
    ...target.attrs,
    fused_activation_function: ACTIVATIONS[op.type] as number,
  };
  takeOver(graph, op, last);
});

const canClamp = (op: Op, value: Value): boolean =>
  CLAMPING.has(op.type) &&
  value.dtype === 'float32' &&
  (op.attrs as FusedAttrs).fused_activation_function === FUSED.NONE;

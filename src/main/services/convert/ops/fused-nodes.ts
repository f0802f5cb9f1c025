import type { Value } from '../graph/ir';
import { biasAdd } from './bias-add';
import { convolution } from './conv-2d';
import { depthwiseConvolution } from './depthwise-conv-2d';
import { batchNorm } from './fused-batch-norm';
import { matmul } from './fully-connected';
import { channelsFirst, channelsLast, spatialAttrs } from './kit/convolution';
import type { LowerContext, Lowering, Lowerings } from './op';

/** Activations that TensorFlow's graph optimizer and TF.js fuse into a node, and the operators they are. */
const ACTIVATIONS: Readonly<Record<string, string>> = {
  Relu: 'RELU',
  Relu6: 'RELU6',
  Elu: 'ELU',
  Sigmoid: 'LOGISTIC',
  Tanh: 'TANH',
  _FusedHardSwish: 'HARD_SWISH',
};

/** What `fused_ops` adds after the first operator; its operands follow the two of that. */
function fusedTail(context: LowerContext, result: Value, first: boolean): Value {
  let y = result;
  let operand = 2;
  for (const step of context.strings('fused_ops', [])) {
    const activation = ACTIVATIONS[step];
    if (step === 'NoOp') continue;
    if (activation) y = context.emit1(activation, {}, [y]);
    else if (step === 'BiasAdd') y = biasAdd(context, y, context.input(operand++), first);
    else if (step === 'LeakyRelu')
      y = context.emit1('LEAKY_RELU', { alpha: context.float('leakyrelu_alpha', 0.2) }, [y]);
    else if (step === 'Prelu') y = context.emit1('PRELU', {}, [y, context.input(operand++)]);
    else if (step === 'GeluExact' || step === 'GeluApproximate')
      y = context.emit1('GELU', { approximate: step === 'GeluApproximate' }, [y]);
    else if (step === 'FusedBatchNorm') {
      const [scale, offset, mean, variance] = [0, 1, 2, 3].map(() => context.input(operand++)) as [
        Value,
        Value,
        Value,
        Value,
      ];
      const x = first ? channelsLast(context, y) : y;
      const normal = batchNorm(
        context,
        x,
        { scale, offset, mean, variance },
        context.float('epsilon', 0.0001),
      );
      y = first ? channelsFirst(context, normal) : normal;
    } else context.refuse(`the fused operation '${step}'`);
  }
  return y;
}

const conv: Lowering = (context) => {
  const attrs = spatialAttrs(context);
  return fusedTail(context, convolution(context, attrs), attrs.channelsFirst);
};

const depthwise: Lowering = (context) => {
  const attrs = spatialAttrs(context);
  return fusedTail(context, depthwiseConvolution(context, attrs), attrs.channelsFirst);
};

/** Nodes that stand for a chain of others, as TF.js's converter and TensorFlow's own optimizer write them. */
export const lowerings: Lowerings = {
  _FusedConv2D: conv,
  FusedConv2D: conv,
  FusedDepthwiseConv2dNative: depthwise,
  _FusedDepthwiseConv2dNative: depthwise,
  _FusedMatMul: (context) => fusedTail(context, matmul(context), false),
};

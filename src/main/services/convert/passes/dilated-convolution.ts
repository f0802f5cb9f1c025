import type { Graph, Op, Value } from '../graph/ir';
import { emitOp } from '../lower/emit';
import type { Conv2dAttrs } from '../ops/conv-2d';
import { PADDING } from '../ops/kit/fused';
import { behindShaping, constantInts, isShaping } from './kit/match';
import { replaceOp } from './kit/rewrite';
import { differences } from './kit/shape-arithmetic';
import { peephole } from './pass';
import { constantValue } from '../graph/constant';

/**
 * SPACE_TO_BATCH_ND, a convolution with stride 1 and BATCH_TO_SPACE_ND are a dilated convolution: the form in which
 * TensorFlow writes those. Paddings and crops become a padding before it. One-dimensional ones have an axis of length 1 put
 * in between, which moves in front of the padding.
 */
export const dilatedConvolution = peephole('dilated convolution', ['BATCH_TO_SPACE_ND'], (op, graph) => {
  const conv = behindShaping(graph, op.input(0), op);
  if (!conv || (conv.type !== 'CONV_2D' && conv.type !== 'DEPTHWISE_CONV_2D')) return;
  const attrs = conv.attrs as Conv2dAttrs;
  const spread = spreadOf(conv, graph);
  if (!spread || attrs.padding !== PADDING.VALID || attrs.stride_h !== 1 || attrs.stride_w !== 1) return;
  if (attrs.dilation_h_factor !== 1 || attrs.dilation_w_factor !== 1) return;
  const block = constantInts(op.inputs[1]);
  const ownBlock = constantInts(spread.inputs[1]);
  if (!block || !ownBlock || block.join() !== ownBlock.join()) return;
  // Both may be computed from a size known at run time only, in which the other's part cancels out.
  const pads = differences(spread.input(2), op.input(2), 2 * block.length);
  if (!pads) return;
  if (pads.some((pad) => pad < 0)) return;
  rebuild(graph, { op, conv, spread, block, pads });
});

/** The SPACE_TO_BATCH_ND whose output, perhaps with an axis of 1 put in, is the convolution's input and nothing else's. */
const spreadOf = (conv: Op, graph: Graph): Op | undefined => {
  const spread = behindShaping(graph, conv.input(0), conv);
  return spread?.type === 'SPACE_TO_BATCH_ND' ? spread : undefined;
};

interface Found {
  readonly op: Op;
  readonly conv: Op;
  readonly spread: Op;
  readonly block: readonly number[];
  /** Before and after, per spatial axis of the block. */
  readonly pads: readonly number[];
}

function rebuild(graph: Graph, { op, conv, spread, block, pads }: Found): void {
  const x = spread.input(0);
  const flat = block.length === 1 && x.shape.length === 3;
  const direct = block.length === 2 && conv.input(0) === spread.output() && op.input(0) === conv.output();
  if (!flat && !direct) return;
  // Which of the convolution's two axes the one-dimensional signal lies along.
  const axis = flat ? signalAxis(conv) : 0;
  if (axis === undefined) return;
  const [dilationH = 1, dilationW = 1] = flat ? (axis === 1 ? [block[0], 1] : [1, block[0]]) : block;
  const [top, bottom, left, right] = flat ? (axis === 1 ? [...pads, 0, 0] : [0, 0, ...pads]) : pads;
  let input = x;
  if (flat) {
    const shape = [
      x.shape[0] ?? -1,
      ...(axis === 1 ? [x.shape[1] ?? -1, 1] : [1, x.shape[1] ?? -1]),
      x.shape[2] ?? -1,
    ];
    if (shape.filter((dim) => dim === -1).length > 1) return;
    input = only(emitOp(graph, 'RESHAPE', {}, [x, ints(shape)], conv.name));
  }
  if (pads.some((pad) => pad !== 0)) {
    const paddings = [0, 0, top ?? 0, bottom ?? 0, left ?? 0, right ?? 0, 0, 0];
    input = only(emitOp(graph, 'PAD', {}, [input, ints(paddings, [4, 2])], conv.name));
  }
  const attrs = {
    ...(conv.attrs as Conv2dAttrs),
    dilation_h_factor: dilationH,
    dilation_w_factor: dilationW,
  };
  const operands = [input, ...conv.inputs.slice(1)];
  if (!flat) {
    replaceOp(graph, op, conv.type, attrs, operands);
    return;
  }
  const y = only(emitOp(graph, conv.type, attrs, operands, conv.name));
  const shape = op.output().shape;
  if (shape.filter((dim) => dim === -1).length > 1) return;
  replaceOp(graph, op, 'RESHAPE', {}, [y, ints(shape)]);
}

/** 1 when the axis put in is the width, 2 when it is the height; undefined when neither. */
function signalAxis(conv: Op): 1 | 2 | undefined {
  const shaping = conv.input(0).producer;
  const shaped = conv.input(0).shape;
  if (!isShaping(shaping) || shaping.input(0).shape.length !== 3) return undefined;
  const [, kernelHeight, kernelWidth] = conv.input(1).shape;
  if (shaped[1] === 1 && kernelHeight === 1) return 2;
  return shaped[2] === 1 && kernelWidth === 1 ? 1 : undefined;
}

const ints = (values: readonly number[], shape: readonly number[] = [values.length]): Value =>
  constantValue('shape', { dtype: 'int32', shape, data: Int32Array.from(values) });

const only = ([value]: readonly Value[]): Value => {
  if (!value) throw new Error('the operator has no output');
  return value;
};

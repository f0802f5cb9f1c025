import type { Value } from '../graph/ir';
import { requireType } from './kit/elementwise';
import { asDims, elementsOf } from './kit/constants';
import { channelsFirst, channelsLast, dilatedFilter, spatialAttrs } from './kit/convolution';
import { FUSED, type FusedAttrs } from './kit/fused';
import { permutedConstant } from './kit/lazy-constant';
import { versions } from './kit/versions';
import { defineOp, type LowerContext } from './op';

export interface TransposeConvAttrs extends FusedAttrs {
  padding: number;
  stride_w: number;
  stride_h: number;
  quantized_bias_type: number;
}

const at = versions('1.9.0', '2.2.0', '2.3.0', '2.13.0', '2.15.0');

/** Operands: shape of the output (int32), filter [O,KH,KW,I], input [N,H,W,I], bias [O] or left out. */
export const op = defineOp<TransposeConvAttrs>({
  type: 'TRANSPOSE_CONV',
  code: 67,
  options: {
    union: 49,
    fields: [
      ['padding', 'int8'],
      ['stride_w', 'int32'],
      ['stride_h', 'int32'],
      ['fused_activation_function', 'int8'],
      ['quantized_bias_type', 'int8'],
    ],
  },
  infer(op) {
    const elements = elementsOf(op.input(0));
    const [outputs = -1] = op.input(1).shape;
    const [n = -1] = op.input(2).shape;
    const [batch = -1, height = -1, width = -1] = elements ? asDims(elements) : [];
    return [{ dtype: op.input(2).dtype, shape: [batch === -1 ? n : batch, height, width, outputs] }];
  },
  version(op) {
    if (op.attrs.fused_activation_function !== FUSED.NONE) return at(4);
    if (op.inputs.length === 4 && op.inputs[3]) return at(3);
    return at(op.input(1).dtype === 'int8' ? 2 : 1);
  },
  quantization: {
    rule: 'free',
    operands: [2],
    weights: { operand: 1, axis: 0, bias: 3 },
    int16Kernel: true,
    dynamicRange: 'weight-only',
  },
  lower: {
    Conv2DBackpropInput: (context) => transposedConvolution(context),
  },
});

function transposedConvolution(context: LowerContext): Value {
  const attrs = spatialAttrs(context);
  const [dy = 1, dx = 1] = attrs.dilations;
  const dilated = dy !== 1 || dx !== 1;
  requireType(context, 2, 'TRANSPOSE_CONV', ['float32']);
  let filter = context.input(1);
  if (dilated && !filter.constant) context.refuse('dilations with a filter that is computed');
  if (dilated) filter = dilatedFilter(filter, attrs.dilations);
  // [KH,KW,O,I] to [O,KH,KW,I].
  const kernel = filter.constant
    ? permutedConstant(filter, [2, 0, 1, 3])
    : context.emit1('TRANSPOSE', {}, [filter, context.ints32([2, 0, 1, 3])]);
  const input = context.input(2);
  const x = attrs.channelsFirst ? channelsLast(context, input) : input;
  const [shape, crop] = outputShape(context, attrs);
  let y = context.emit1(
    'TRANSPOSE_CONV',
    {
      padding: attrs.padding,
      stride_w: attrs.strides[1] ?? 1,
      stride_h: attrs.strides[0] ?? 1,
      fused_activation_function: FUSED.NONE,
      quantized_bias_type: 0,
    } satisfies TransposeConvAttrs,
    [shape, kernel, x],
  );
  if (crop) y = context.emit1('SLICE', {}, [y, context.ints32(crop.begin), context.ints32(crop.size)]);
  return attrs.channelsFirst ? channelsFirst(context, y) : y;
}

interface Crop {
  readonly begin: readonly number[];
  readonly size: readonly number[];
}

/** The operator's shape operand (channels last), and what to cut out of its result when paddings are explicit. */
function outputShape(
  context: LowerContext,
  { channelsFirst: first, pads }: ReturnType<typeof spatialAttrs>,
): readonly [Value, Crop | undefined] {
  let shape = context.input(0);
  if (shape.dtype !== 'int32') shape = context.emit1('CAST', { in_data_type: 4, out_data_type: 2 }, [shape]);
  if (first)
    shape = context.emit1('GATHER', { axis: 0, batch_dims: 0 }, [shape, context.ints32([0, 2, 3, 1])]);
  if (!pads) return [shape, undefined];
  // The gradient of a padded convolution: the whole result, the padding cut off.
  const dims = elementsOf(shape);
  const [n, height = -1, width = -1, channels = -1] = dims ? asDims(dims) : [];
  const [[top, bottom] = [0, 0], [left, right] = [0, 0]] = pads;
  if (n === undefined || [n, height, width].includes(-1))
    return context.refuse('explicit paddings with an output shape that is not constant');
  return [
    context.ints32([n, height + top + bottom, width + left + right, channels]),
    { begin: [0, top, left, 0], size: [-1, height, width, -1] },
  ];
}

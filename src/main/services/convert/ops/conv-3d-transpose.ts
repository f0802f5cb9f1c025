import type { Value } from '../graph/ir';
import { asDims, elementsOf } from './kit/constants';
import { channelsFirst, channelsLast, spatialAttrs } from './kit/convolution';
import { CONV_3D_FIELDS, conv3dAttrs, type Conv3dAttrs } from './kit/convolution-3d';
import { defineOp, type LowerContext } from './op';

/** Operands: shape of the output (int32), filter [KD,KH,KW,O,I], input [N,D,H,W,I], bias [O] or left out. Float only. */
export const op = defineOp<Conv3dAttrs>({
  type: 'CONV_3D_TRANSPOSE',
  code: 141,
  options: { union: 106, fields: CONV_3D_FIELDS },
  infer(op) {
    const elements = elementsOf(op.input(0));
    const outputs = op.input(1).shape[3] ?? -1;
    const [n = -1] = op.input(2).shape;
    const [batch = -1, ...spatial] = elements ? asDims(elements).slice(0, 4) : [-1, -1, -1, -1];
    return [{ dtype: op.input(2).dtype, shape: [batch === -1 ? n : batch, ...spatial, outputs] }];
  },
  version: () => ({ version: 1, since: '2.6.0' }),
  quantization: { rule: 'float', int16Kernel: false },
  lower: {
    Conv3DBackpropInput: (context) => transposedConvolution(context),
    Conv3DBackpropInputV2: (context) => transposedConvolution(context),
  },
});

function transposedConvolution(context: LowerContext): Value {
  const attrs = spatialAttrs(context, 3);
  let shape = context.input(0);
  if (shape.dtype !== 'int32') shape = context.emit1('CAST', { in_data_type: 4, out_data_type: 2 }, [shape]);
  let x = context.input(2);
  if (attrs.channelsFirst) {
    x = channelsLast(context, x);
    shape = context.emit1('GATHER', { axis: 0, batch_dims: 0 }, [shape, context.ints32([0, 2, 3, 4, 1])]);
  }
  const y = context.emit1('CONV_3D_TRANSPOSE', conv3dAttrs(attrs), [shape, context.input(1), x]);
  return attrs.channelsFirst ? channelsFirst(context, y) : y;
}

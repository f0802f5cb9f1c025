import type { DType } from '@shared/model/dtype';
import type { LowerContext } from './op';
import { defineOp } from './op';
import { dimElement } from './kit/constants';
import { TENSOR_TYPE } from '../schema';
import { versions } from './kit/versions';

const version = versions('1.10.0');

interface ShapeAttrs {
  out_type: number;
}

const shapeOf = (context: LowerContext, operand: number, type: DType) =>
  context.emit1('SHAPE', { out_type: TENSOR_TYPE[type] }, [context.input(operand)]);

const outType = (context: LowerContext): DType => context.dtype('out_type', 'int32');

/** The dimensions of a tensor; a constant when all of them are known. */
export const op = defineOp<ShapeAttrs>({
  type: 'SHAPE',
  code: 77,
  options: { union: 55, fields: [['out_type', 'int8', 0]] },
  quantization: { rule: 'transparent', operands: [0], outputs: [], int16Kernel: true },
  version: () => version(1),
  infer: (op) => [
    {
      dtype: op.attrs.out_type === TENSOR_TYPE.int64 ? 'int64' : 'int32',
      shape: [op.input(0).shape.length],
    },
  ],
  shapeElements: (op) => op.input(0).shape.map((_, axis) => dimElement(op.input(0), axis)),
  lower: {
    Shape: (context) => shapeOf(context, 0, outType(context)),
    ShapeN: (context) =>
      Array.from({ length: context.inputCount }, (_, i) => shapeOf(context, i, outType(context))),
    Size: (context) =>
      context.emit1('REDUCE_PROD', { keep_dims: false }, [
        shapeOf(context, 0, outType(context)),
        context.ints32([0]),
      ]),
  },
});

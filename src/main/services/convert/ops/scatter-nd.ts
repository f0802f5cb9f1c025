import { TENSOR_TYPE } from '../schema';
import type { Value } from '../graph/ir';
import { PLAIN_ADD } from './kit/convolution';
import { asDims, elementsOf } from './kit/constants';
import { castTo } from './kit/cast';
import { asInt32 } from './kit/reshape';
import { versions } from './kit/versions';
import { defineOp, type LowerContext } from './op';

const version = versions('2.1.0');

/** Updates (operand `updates`) at the coordinates of operand 1 of a tensor that is zero elsewhere, of operand 0's shape. */
const scattered = (context: LowerContext, updates: Value): Value => {
  const shape = context.emit1('SHAPE', { out_type: TENSOR_TYPE.int32 }, [context.input(0)]);
  return context.emit1('SCATTER_ND', {}, [asInt32(context, context.input(1)), updates, shape]);
};

const update = (context: LowerContext): Value => {
  const updates = context.input(2);
  const shape = context.emit1('SHAPE', { out_type: TENSOR_TYPE.int32 }, [updates]);
  const ones = context.emit1('FILL', {}, [shape, context.scalar('int32', 1)]);
  const written = castTo(context, scattered(context, ones), 'bool');
  return context.emit1('SELECT_V2', {}, [written, scattered(context, updates), context.input(0)]);
};

/** Operands: indices, updates, shape. What several updates write to is their sum. */
export const op = defineOp({
  type: 'SCATTER_ND',
  code: 122,
  quantization: { rule: 'same', operands: [1], int16Kernel: false },
  version: () => version(1),
  infer(op) {
    const shape = elementsOf(op.input(2));
    if (!shape) throw new Error('the number of dimensions of its result is not known');
    return [{ dtype: op.input(1).dtype, shape: asDims(shape) }];
  },
  lower: {
    ScatterNd: (context) =>
      context.emit1('SCATTER_ND', {}, [
        asInt32(context, context.input(0)),
        context.input(1),
        asInt32(context, context.input(2)),
      ]),
    TensorScatterUpdate: update,
    TensorScatterAdd: (context) =>
      context.emit1('ADD', PLAIN_ADD, [context.input(0), scattered(context, context.input(2))]),
    TensorScatterSub: (context) =>
      context.emit1('SUB', PLAIN_ADD, [context.input(0), scattered(context, context.input(2))]),
  },
});

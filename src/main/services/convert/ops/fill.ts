import { TENSOR_TYPE } from '../schema';
import type { Value } from '../graph/ir';
import { defineOp, type LowerContext } from './op';
import { asDims, elementsOf, known, newArray } from './kit/constants';
import { sizeOf } from './kit/shapes';
import { versionByType, versions } from './kit/versions';

const version = versions('1.13.0', '2.3.0', '2.5.0', '2.12.0');

/** A tensor of `like`'s type and shape that is `value` everywhere. */
export const filledLike = (context: LowerContext, like: Value, value: number): Value => {
  const shape = context.emit1('SHAPE', { out_type: TENSOR_TYPE.int32 }, [like]);
  return context.emit1('FILL', {}, [shape, context.scalar(like.dtype, value)]);
};

/** A tensor of the shape in operand 0 that is operand 1 everywhere. */
export const op = defineOp({
  type: 'FILL',
  code: 94,
  quantization: { rule: 'same', operands: [1], int16Kernel: true },
  version: (op) => version(versionByType(op, 1, { float16: 4, int8: 3, int16: 3, bool: 2, string: 2 })),
  infer(op) {
    const dims = elementsOf(op.input(0));
    if (!dims) throw new Error('the number of dimensions of its result is not known');
    return [{ dtype: op.input(1).dtype, shape: asDims(dims) }];
  },
  fold([, value], op) {
    const { dtype, shape } = op.output();
    const out = dtype === 'complex64' ? undefined : newArray(dtype, sizeOf(shape));
    out?.fill(value?.data[0] as never);
    return out && [out];
  },
  shapeElements(op) {
    const [element] = elementsOf(op.input(1)) ?? [];
    const { shape } = op.output();
    if (element === undefined || shape.length > 1 || sizeOf(shape) < 0 || sizeOf(shape) > 8) return undefined;
    return known(Array.from({ length: sizeOf(shape) }, () => element));
  },
  lower: {
    Fill: (context) => context.emit1('FILL', {}, [context.input(0), context.input(1)]),
    OnesLike: (context) => filledLike(context, context.input(0), 1),
  },
});

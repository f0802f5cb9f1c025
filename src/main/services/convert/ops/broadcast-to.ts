import { constantNumbers } from '../graph/constant';
import { asDims, elementsOf, sameElement, dimElement } from './kit/constants';
import { broadcastIndices } from './kit/elementwise';
import { newArray } from './kit/constants';
import { emitReshape } from './kit/reshape';
import { sameShape, sizeOf } from './kit/shapes';
import { versionByType, versions } from './kit/versions';
import { defineOp, type Lowering } from './op';

const version = versions('2.5.0', '2.5.0', '2.5.0');

/**
 * Where only known dimensions grow it is a TILE, which older runtimes and more delegates have, and whose multiples are
 * constant although the batch is not.
 */
const lower: Lowering = (context) => {
  const [input, shape] = [context.input(0), context.input(1)];
  const target = elementsOf(shape);
  if (target && target.length >= input.shape.length) {
    const grown = target.length - input.shape.length;
    const multiples = target.map((element, i) => {
      const axis = i - grown;
      const dim = axis < 0 ? 1 : dimElement(input, axis);
      if (sameElement(dim, element)) return 1;
      return dim === 1 && typeof element === 'number' ? element : undefined;
    });
    const dims = [...Array.from({ length: grown }, () => 1), ...input.shape];
    const open = dims.filter((dim) => dim === -1).length;
    if (!multiples.includes(undefined) && open <= 1) {
      const reshaped = emitReshape(context, input, dims);
      if (multiples.every((count) => count === 1)) return reshaped;
      if (input.dtype !== 'int16')
        return context.emit1('TILE', {}, [reshaped, context.ints32(multiples.map((count) => count ?? 1))]);
    }
  }
  return sameShape(input.shape, constantNumbers(shape) ?? [])
    ? input
    : context.emit1('BROADCAST_TO', {}, [input, shape]);
};

/** Repeats dimensions of 1 until the tensor has the shape in operand 1. */
export const op = defineOp({
  type: 'BROADCAST_TO',
  code: 130,
  quantization: { rule: 'same', operands: [0], int16Kernel: true },
  version: (op) => version(versionByType(op, 0, { int8: 3, int16: 3 }) === 3 ? 3 : 2),
  infer(op) {
    const target = elementsOf(op.input(1));
    if (!target) throw new Error('the number of dimensions of its result is not known');
    return [{ dtype: op.input(0).dtype, shape: asDims(target) }];
  },
  fold([input], op) {
    const { dtype, shape } = op.output();
    const out = dtype === 'complex64' ? undefined : newArray(dtype, sizeOf(shape));
    if (!out || !input) return undefined;
    const indices = broadcastIndices(input.shape, shape);
    for (let i = 0; i < out.length; i++) out[i] = input.data[indices[i] as number] as number;
    return [out];
  },
  lower: { BroadcastTo: lower },
});

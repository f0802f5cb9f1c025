import { defineOp, type Lowering } from './op';
import { asDims, elementsOf } from './kit/constants';
import { asInt32, constantTarget, emitReshape, reshapedShape } from './kit/reshape';
import { sameShape, text } from './kit/shapes';
import { versions } from './kit/versions';

const version = versions('1.5.0');

const lowering: Lowering = (context) => {
  const [input, shape] = [context.input(0), context.input(1)];
  const elements = elementsOf(shape);
  const target = elements && constantTarget(elements);
  if (target) return emitReshape(context, input, reshapedShape(input.shape, target));
  return context.emit1('RESHAPE', {}, [input, asInt32(context, shape)]);
};

/** The new shape is operand 1; -1 in it stands for what is left over. */
export const op = defineOp({
  type: 'RESHAPE',
  code: 22,
  quantization: { rule: 'same', operands: [0], int16Kernel: true },
  version: () => version(1),
  infer(op) {
    const { dtype, shape } = op.input(0);
    const elements = elementsOf(op.input(1));
    if (!elements)
      throw new Error(`the number of dimensions of its result is not known (from ${text(shape)})`);
    return [{ dtype, shape: reshapedShape(shape, asDims(elements)) }];
  },
  // One dimension that is not known must be what the others leave over, so it is the same on both sides.
  identity(op) {
    const x = op.input(0);
    const known = x.shape.filter((dim) => dim === -1).length <= 1;
    return known && sameShape(x.shape, op.output().shape) ? x : undefined;
  },
  fold: ([input]) => (input ? [input.data] : undefined),
  shapeElements: (op) => op.input(0).shapeElements,
  lower: { Reshape: lowering },
});

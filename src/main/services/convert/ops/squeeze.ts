import { defineOp, type Lowering } from './op';
import { emitReshape } from './kit/reshape';
import { normalAxis } from './kit/shapes';
import { versions } from './kit/versions';

const version = versions('1.6.0', '2.5.0');

interface SqueezeAttrs {
  squeeze_dims: readonly number[];
}

const squeezed = (shape: readonly number[], axes: readonly number[]): number[] => {
  const taken = axes.map((axis) => normalAxis(axis, shape.length));
  const wrong = taken.find((axis) => shape[axis] !== 1 && shape[axis] !== -1);
  if (wrong !== undefined) throw new Error(`dimension ${wrong} is ${shape[wrong]} and cannot be squeezed`);
  return shape.filter((dim, axis) => (axes.length === 0 ? dim !== 1 : !taken.includes(axis)));
};

const lowering: Lowering = (context) => {
  const input = context.input(0);
  const axes = context.ints('squeeze_dims', context.ints('axis', []));
  const shape = squeezed(input.shape, axes);
  if (shape.filter((dim) => dim === -1).length <= 1) return emitReshape(context, input, shape);
  const all = input.shape.flatMap((dim, axis) => (dim === 1 ? [axis] : []));
  return context.emit1('SQUEEZE', { squeeze_dims: axes.length === 0 ? all : axes }, [input]);
};

/** Takes out dimensions of 1; without a list, all that are known to be 1. */
export const op = defineOp<SqueezeAttrs>({
  type: 'SQUEEZE',
  code: 43,
  options: { union: 30, fields: [['squeeze_dims', 'int32[]']] },
  quantization: { rule: 'same', operands: [0], int16Kernel: true },
  version: (op) => version(op.input(0).dtype === 'string' ? 2 : 1),
  infer: (op) => [{ dtype: op.input(0).dtype, shape: squeezed(op.input(0).shape, op.attrs.squeeze_dims) }],
  fold: ([input]) => (input ? [input.data] : undefined),
  shapeElements: (op) => op.input(0).shapeElements,
  lower: { Squeeze: lowering },
});

import { constantNumbers } from '../graph/constant';
import { defineOp } from './op';
import { asInt32 } from './kit/reshape';
import { versions } from './kit/versions';

const version = versions('1.11.0');

interface OneHotAttrs {
  axis: number;
}

/** Operands: indices, depth, value at the index, value elsewhere. */
export const op = defineOp<OneHotAttrs>({
  type: 'ONE_HOT',
  code: 85,
  options: { union: 61, fields: [['axis', 'int32', 0]] },
  quantization: { rule: 'float', int16Kernel: false },
  version: () => version(1),
  infer(op) {
    const { shape } = op.input(0);
    const axis = op.attrs.axis === -1 ? shape.length : op.attrs.axis;
    const [depth = -1] = constantNumbers(op.input(1)) ?? [];
    return [{ dtype: op.input(2).dtype, shape: shape.toSpliced(axis, 0, depth) }];
  },
  lower: {
    OneHot: (context) =>
      context.emit1('ONE_HOT', { axis: context.int('axis', -1) }, [
        context.input(0),
        asInt32(context, context.input(1)),
        context.input(2),
        context.input(3),
      ]),
  },
});

import { defineOp } from './op';
import { walkElements } from './kit/move';
import { emitReshape } from './kit/reshape';
import { normalAxis, stridesOf } from './kit/shapes';
import { versionByType, versions } from './kit/versions';

const version = versions('1.11.0', '1.14.0', '2.2.0', '2.3.0', '2.22.0');

interface UnpackAttrs {
  num: number;
  axis: number;
}

/** Takes a tensor apart along an axis, which disappears. */
export const op = defineOp<UnpackAttrs>({
  type: 'UNPACK',
  code: 88,
  options: {
    union: 64,
    fields: [
      ['num', 'int32', 0],
      ['axis', 'int32', 0],
    ],
  },
  quantization: { rule: 'same', operands: [0], int16Kernel: true },
  version: (op) => version(versionByType(op, 0, { int8: 2, uint8: 2, bool: 3, int16: 4 })),
  infer(op) {
    const { dtype, shape } = op.input(0);
    const axis = normalAxis(op.attrs.axis, shape.length);
    if (shape[axis] !== -1 && shape[axis] !== op.attrs.num)
      throw new Error(`dimension ${axis} is ${shape[axis]} and not ${op.attrs.num}`);
    return Array.from({ length: op.attrs.num }, () => ({ dtype, shape: shape.toSpliced(axis, 1) }));
  },
  fold([input], op) {
    if (!input) return undefined;
    const axis = normalAxis(op.attrs.axis, input.shape.length);
    const all = stridesOf(input.shape);
    const [shape, strides] = [input.shape.toSpliced(axis, 1), all.toSpliced(axis, 1)];
    const parts = op.outputs.map((_, i) =>
      walkElements(input, { shape, strides, offset: i * (all[axis] ?? 0) }),
    );
    return parts.flatMap((part) => part ?? []);
  },
  lower: {
    Unpack: (context) => {
      const input = context.input(0);
      const axis = normalAxis(context.int('axis', 0), input.shape.length);
      const num = context.int('num', input.shape[axis] ?? -1);
      const rest = input.shape.toSpliced(axis, 1);
      if (num < 0)
        context.refuse('the dimension it takes apart is known only at run time; fix it with --shape');
      if (num === 1 && rest.filter((dim) => dim === -1).length <= 1)
        return [emitReshape(context, input, rest)];
      return num === 0 ? [] : context.emit('UNPACK', { num, axis }, [input]);
    },
  },
});

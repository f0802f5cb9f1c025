import { constantNumbers } from '../graph/constant';
import { defineOp } from './op';
import { walkElements } from './kit/move';
import { normalAxis, stridesOf } from './kit/shapes';
import { versionByType, versions } from './kit/versions';

const version = versions('1.14.0', '2.2.0', '2.5.0');

/** Reverses a tensor along one axis, or axes that follow each other. */
export const op = defineOp({
  type: 'REVERSE_V2',
  code: 105,
  quantization: { rule: 'same', operands: [0], int16Kernel: true },
  version: (op) => version(versionByType(op, 0, { bool: 2, int8: 3 })),
  infer: (op) => [{ dtype: op.input(0).dtype, shape: op.input(0).shape }],
  fold([input], op) {
    if (!input) return undefined;
    const axes = (constantNumbers(op.input(1)) ?? []).map((axis) => normalAxis(axis, input.shape.length));
    const steps = stridesOf(input.shape);
    const last = (axis: number): number => ((input.shape[axis] ?? 1) - 1) * (steps[axis] ?? 0);
    const data = walkElements(input, {
      shape: input.shape,
      strides: steps.map((step, axis) => (axes.includes(axis) ? -step : step)),
      offset: axes.reduce((sum, axis) => sum + last(axis), 0),
    });
    return data && [data];
  },
  lower: {
    // Old kernels know one axis only.
    ReverseV2: (context) => {
      const rank = context.input(0).shape.length;
      return context
        .constantInts(1)
        .map((axis) => normalAxis(axis, rank))
        .filter((axis) => context.input(0).shape[axis] !== 1)
        .reduce(
          (value, axis) => context.emit1('REVERSE_V2', {}, [value, context.ints32([axis])]),
          context.input(0),
        );
    },
  },
});

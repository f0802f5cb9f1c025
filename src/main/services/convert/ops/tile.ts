import { constantNumbers } from '../graph/constant';
import { defineOp } from './op';
import { elementsOf } from './kit/constants';
import { walkElements } from './kit/move';
import { asInt32 } from './kit/reshape';
import { sizeOf, stridesOf } from './kit/shapes';
import { versionByType, versions } from './kit/versions';

const version = versions('1.10.1', '2.2.0', '2.8.0');

/** Repeats a tensor along each dimension as often as operand 1 says. */
export const op = defineOp({
  type: 'TILE',
  code: 69,
  quantization: { rule: 'same', operands: [0], int16Kernel: false },
  version: (op) => version(versionByType(op, 0, { int8: 3, string: 2 })),
  infer(op) {
    const { dtype, shape } = op.input(0);
    const multiples = elementsOf(op.input(1));
    if (sizeOf(op.input(1).shape) !== shape.length)
      throw new Error(`it has not one multiple for each of ${shape.length} dimensions`);
    const times = shape.map((_, axis) => multiples?.[axis] ?? 'unknown');
    return [
      {
        dtype,
        shape: shape.map((dim, axis) => {
          const count = times[axis];
          return typeof count !== 'number' || dim === -1 ? -1 : dim * count;
        }),
      },
    ];
  },
  identity: (op) => (constantNumbers(op.input(1))?.every((count) => count === 1) ? op.input(0) : undefined),
  fold([input, multiples]) {
    if (!input || !multiples) return undefined;
    const strides = stridesOf(input.shape);
    const data = walkElements(input, {
      shape: input.shape.flatMap((dim, axis) => [Number(multiples.data[axis]), dim]),
      strides: strides.flatMap((stride) => [0, stride]),
    });
    return data && [data];
  },
  lower: {
    Tile: (context) => {
      const [input, multiples] = [context.input(0), context.input(1)];
      if (constantNumbers(multiples)?.every((count) => count === 1)) return input;
      return context.emit1('TILE', {}, [input, asInt32(context, multiples)]);
    },
  },
});

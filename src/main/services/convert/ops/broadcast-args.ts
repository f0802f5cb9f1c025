import { broadcastShapes } from './kit/shapes';
import { elementsOf, known, sameElement } from './kit/constants';
import { versions } from './kit/versions';
import { defineOp } from './op';

const version = versions('2.6.0');

/** The shape that two shapes broadcast to. */
export const op = defineOp({
  type: 'BROADCAST_ARGS',
  code: 145,
  quantization: { rule: 'transparent', operands: [], outputs: [], int16Kernel: true },
  version: () => version(1),
  infer(op) {
    const [a, b] = [op.input(0).shape[0] ?? 0, op.input(1).shape[0] ?? 0];
    return [{ dtype: op.input(0).dtype, shape: [a === -1 || b === -1 ? -1 : Math.max(a, b)] }];
  },
  shapeElements(op) {
    const [a, b] = [elementsOf(op.input(0)), elementsOf(op.input(1))];
    if (!a || !b) return undefined;
    const length = Math.max(a.length, b.length);
    return known(
      Array.from({ length }, (_, i) => {
        const x = a[i - length + a.length] ?? 1;
        const y = b[i - length + b.length] ?? 1;
        if (x === 1 || sameElement(x, y)) return y;
        if (y === 1) return x;
        if (typeof x === 'number' && typeof y === 'number') return broadcastShapes([x], [y])[0] ?? 'unknown';
        // A dimension beside a known one other than 1 must turn out to be 1 or equal to it.
        return typeof x === 'number' ? x : y;
      }),
    );
  },
  lower: {
    BroadcastArgs: (context) => context.emit1('BROADCAST_ARGS', {}, [context.input(0), context.input(1)]),
  },
});

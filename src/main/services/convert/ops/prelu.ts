import { broadcastShapes } from './kit/shapes';
import { defineOp } from './op';

/** x for positive x, alpha * x below; operands x [N,...] and alpha, whose shape broadcasts to x's. */
export const op = defineOp({
  type: 'PRELU',
  code: 54,
  infer: (op) => [{ dtype: op.input(0).dtype, shape: broadcastShapes(op.input(0).shape, op.input(1).shape) }],
  version: () => ({ version: 1, since: '1.8.0' }),
  quantization: { rule: 'free', operands: [0, 1], int16Kernel: false },
  lower: {
    // A TF.js operator.
    Prelu: (context) => context.emit1('PRELU', {}, [context.input(0), context.input(1)]),
  },
});

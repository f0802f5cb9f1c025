import { defineOp } from './op';
import { versions } from './kit/versions';

const version = versions('1.14.0', '2.8.0');

/** Coordinates of the elements that are not zero. */
export const op = defineOp({
  type: 'WHERE',
  code: 109,
  quantization: { rule: 'transparent', operands: [0], outputs: [], int16Kernel: false },
  version: (op) => version(op.input(0).dtype === 'bool' ? 1 : 2),
  infer: (op) => [{ dtype: 'int64', shape: [-1, op.input(0).shape.length] }],
  lower: { Where: (context) => context.emit1('WHERE', {}, [context.input(0)]) },
});

import { defineOp } from './op';
import { versions } from './kit/versions';

const version = versions('1.14.0');

/** The number of dimensions, which is always known, so that this is a constant when a model is lowered. */
export const op = defineOp({
  type: 'RANK',
  code: 110,
  quantization: { rule: 'transparent', operands: [0], outputs: [], int16Kernel: true },
  version: () => version(1),
  infer: () => [{ dtype: 'int32', shape: [] }],
  shapeElements: (op) => [op.input(0).shape.length],
  lower: { Rank: (context) => context.scalar('int32', context.input(0).shape.length) },
});

import { isPerChannel } from './kit/hybrid';
import { versions } from './kit/versions';
import { defineOp } from './op';

const at = versions('1.13.0', '1.14.0', '1.14.0', '2.18.0');

/** Rows of a table [rows, ...] by a vector of int32 indices. Read from TFLite files: TensorFlow's gathers become GATHER. */
export const op = defineOp({
  type: 'EMBEDDING_LOOKUP',
  code: 7,
  infer: (op) => [
    { dtype: op.input(1).dtype, shape: [op.input(0).shape[0] ?? -1, ...op.input(1).shape.slice(1)] },
  ],
  version(op) {
    if (isPerChannel(op.input(1))) return at(4);
    return at(op.input(1).dtype === 'int8' ? 3 : 1);
  },
  quantization: {
    rule: 'float',
    weights: { operand: 1, axis: 0 },
    int16Kernel: false,
    dynamicRange: 'compute',
  },
});

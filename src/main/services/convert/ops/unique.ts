import { TENSOR_TYPE } from '../schema';
import { versions } from './kit/versions';
import { defineOp } from './op';

const version = versions('1.14.0');

interface UniqueAttrs {
  idx_out_type: number;
}

/** The different elements of a vector, and for each element the index of its like among them. */
export const op = defineOp<UniqueAttrs>({
  type: 'UNIQUE',
  code: 103,
  options: { union: 80, fields: [['idx_out_type', 'int8', 2]] },
  quantization: { rule: 'float', int16Kernel: false },
  version: () => version(1),
  infer: (op) => [
    { dtype: op.input(0).dtype, shape: [-1] },
    { dtype: op.attrs.idx_out_type === TENSOR_TYPE.int64 ? 'int64' : 'int32', shape: op.input(0).shape },
  ],
  lower: {
    Unique: (context) =>
      context.emit('UNIQUE', { idx_out_type: TENSOR_TYPE[context.dtype('out_idx', 'int32')] }, [
        context.input(0),
      ]),
  },
});

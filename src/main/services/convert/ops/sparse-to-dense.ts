import { asDims, elementsOf } from './kit/constants';
import { versionByType, versions } from './kit/versions';
import { defineOp } from './op';

const version = versions('1.9.0', '1.14.0', '1.15.0');

interface SparseToDenseAttrs {
  validate_indices: boolean;
}

/** Operands: coordinates, shape, values there, value elsewhere. */
export const op = defineOp<SparseToDenseAttrs>({
  type: 'SPARSE_TO_DENSE',
  code: 68,
  options: { union: 50, fields: [['validate_indices', 'bool', false]] },
  quantization: { rule: 'float', int16Kernel: false },
  version: (op) => version(versionByType(op, 2, { int8: 3, uint8: 3, int64: 2 })),
  infer(op) {
    const dims = elementsOf(op.input(1));
    if (!dims) throw new Error('the number of dimensions of its result is not known');
    return [{ dtype: op.input(2).dtype, shape: asDims(dims) }];
  },
  lower: {
    SparseToDense: (context) =>
      context.emit1(
        'SPARSE_TO_DENSE',
        { validate_indices: context.bool('validate_indices', true) },
        [0, 1, 2, 3].map((i) => context.input(i)),
      ),
  },
});

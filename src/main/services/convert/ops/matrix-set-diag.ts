import { constantNumbers } from '../graph/constant';
import { versions } from './kit/versions';
import { defineOp, type Lowering } from './op';

const version = versions('1.14.0');

const lower: Lowering = (context) => {
  const diagonals = context.inputCount > 2 ? constantNumbers(context.input(2)) : [0];
  if (!diagonals?.every((k) => k === 0))
    context.refuse('it sets other diagonals than the main one; TFLite can set that only');
  return context.emit1('MATRIX_SET_DIAG', {}, [context.input(0), context.input(1)]);
};

/** Matrices whose main diagonal is replaced by operand 1. */
export const op = defineOp({
  type: 'MATRIX_SET_DIAG',
  code: 115,
  quantization: { rule: 'float', int16Kernel: false },
  version: () => version(1),
  infer: (op) => [{ dtype: op.input(0).dtype, shape: op.input(0).shape }],
  lower: { MatrixSetDiag: lower, MatrixSetDiagV2: lower, MatrixSetDiagV3: lower },
});

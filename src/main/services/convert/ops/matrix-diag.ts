import { constantNumbers } from '../graph/constant';
import { versions } from './kit/versions';
import { defineOp, type LowerContext } from './op';

const version = versions('1.14.0');

/** Refuses what later versions of the operator can do beyond the main diagonal of square matrices. */
const mainDiagonalOnly = (context: LowerContext): void => {
  const [k, rows, columns, padding] = [1, 2, 3, 4].map((i) =>
    i < context.inputCount ? constantNumbers(context.input(i)) : undefined,
  );
  const plain =
    (k?.every((diagonal) => diagonal === 0) ?? context.inputCount === 1) &&
    (rows?.[0] ?? -1) === -1 &&
    (columns?.[0] ?? -1) === -1 &&
    (padding?.[0] ?? 0) === 0;
  if (!plain)
    context.refuse('it uses other diagonals than the main one, or pads; TFLite has the main one only');
};

/** Square matrices with operand 0's last dimension as diagonal. */
export const op = defineOp({
  type: 'MATRIX_DIAG',
  code: 113,
  quantization: { rule: 'float', int16Kernel: false },
  version: () => version(1),
  infer(op) {
    const { dtype, shape } = op.input(0);
    return [{ dtype, shape: [...shape, shape.at(-1) ?? 1] }];
  },
  lower: {
    MatrixDiag: (context) => context.emit1('MATRIX_DIAG', {}, [context.input(0)]),
    MatrixDiagV2: (context) => {
      mainDiagonalOnly(context);
      return context.emit1('MATRIX_DIAG', {}, [context.input(0)]);
    },
    MatrixDiagV3: (context) => {
      mainDiagonalOnly(context);
      return context.emit1('MATRIX_DIAG', {}, [context.input(0)]);
    },
  },
});

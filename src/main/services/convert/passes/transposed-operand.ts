import { isOp } from '../ops/op';
import { op as batchMatmul } from '../ops/batch-matmul';
import { constantInts, producedBy } from './kit/match';
import { peephole } from './pass';

/** A right operand of BATCH_MATMUL that swaps its last two axes first: the kernel reads it as it was. */
export const transposedOperand = peephole('transposed operand', ['BATCH_MATMUL'], (op) => {
  const transpose = producedBy(op.inputs[1], 'TRANSPOSE');
  if (!transpose || !isOp(op, batchMatmul)) return;
  const perm = constantInts(transpose.inputs[1]) ?? [];
  const rank = perm.length;
  if (!perm.every((axis, i) => axis === (i < rank - 2 ? i : 2 * rank - 3 - i))) return;
  op.attrs = { ...op.attrs, adj_y: !op.attrs.adj_y };
  op.setInput(1, transpose.input(0));
});

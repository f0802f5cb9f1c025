import type { BatchMatmulAttrs } from '../ops/batch-matmul';
import { PLAIN_DENSE } from '../ops/fully-connected';
import { reshapedConstant, transposedConstant } from '../ops/kit/lazy-constant';
import { sizeOf } from '../ops/kit/shapes';
import { replaceOp } from './kit/rewrite';
import { peephole } from './pass';

/** BATCH_MATMUL with one constant matrix on its right is a dense layer. */
export const constantMatmul = peephole('constant matmul', ['BATCH_MATMUL'], (op, graph) => {
  const { adj_x, adj_y } = op.attrs as BatchMatmulAttrs;
  const [x, y] = [op.input(0), op.input(1)];
  const [rows = 1, columns = 1] = y.shape.slice(-2);
  if (!y.constant || y.dtype !== 'float32' || adj_x || x.shape.length < y.shape.length) return;
  if (sizeOf(y.shape.slice(0, -2)) !== 1) return;
  const weights = adj_y
    ? reshapedConstant(y, [rows, columns])
    : transposedConstant(y, rows, columns, [columns, rows]);
  const attrs = { ...PLAIN_DENSE, keep_num_dims: x.shape.length !== 2 };
  replaceOp(graph, op, 'FULLY_CONNECTED', attrs, [x, weights, null]);
});

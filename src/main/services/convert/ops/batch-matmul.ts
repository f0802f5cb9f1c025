import type { Value } from '../graph/ir';
import { dense } from './fully-connected';
import { requireType } from './kit/elementwise';
import { isHybrid } from './kit/hybrid';
import { reshapedConstant } from './kit/lazy-constant';
import { broadcastShapes, sizeOf, text } from './kit/shapes';
import { versions } from './kit/versions';
import { defineOp, type LowerContext } from './op';

export interface BatchMatmulAttrs {
  adj_x: boolean;
  adj_y: boolean;
  asymmetric_quantize_inputs: boolean;
}

const at = versions('2.3.0', '2.3.0', '2.4.0', '2.5.0');

/** Operands: [..., M, K] and [..., K, N], either with its last two axes swapped; the axes before broadcast. */
export const op = defineOp<BatchMatmulAttrs>({
  type: 'BATCH_MATMUL',
  code: 126,
  options: {
    union: 101,
    fields: [
      ['adj_x', 'bool'],
      ['adj_y', 'bool'],
      ['asymmetric_quantize_inputs', 'bool'],
    ],
  },
  infer(op) {
    const [x, y] = [op.input(0), op.input(1)];
    if (x.shape.length < 2 || y.shape.length < 2)
      throw new Error(`operands ${text(x.shape)} and ${text(y.shape)} must be matrices`);
    const [m, k] = matrixOf(x.shape, op.attrs.adj_x);
    const [k2, n] = matrixOf(y.shape, op.attrs.adj_y);
    if (k !== k2 && k !== -1 && k2 !== -1)
      throw new Error(`operands ${text(x.shape)} and ${text(y.shape)} do not multiply`);
    const batch = broadcastShapes(x.shape.slice(0, -2), y.shape.slice(0, -2));
    return [{ dtype: x.dtype, shape: [...batch, m, n] }];
  },
  version(op) {
    if (op.input(0).dtype === 'int16') return at(3);
    if (op.input(0).dtype === 'int8') return at(2);
    return at(isHybrid(op, 1) && op.attrs.asymmetric_quantize_inputs ? 4 : 1);
  },
  quantization: { rule: 'free', operands: [0, 1], int16Kernel: true, dynamicRange: 'compute' },
  lower: {
    BatchMatMul: (context) => batchMatmul(context),
    BatchMatMulV2: (context) => batchMatmul(context),
    BatchMatMulV3: (context) => batchMatmul(context),
  },
});

/** Rows and columns of the matrices in the last two axes. */
const matrixOf = (shape: readonly number[], adjoint: boolean): readonly [number, number] => {
  const [rows = -1, columns = -1] = shape.slice(-2);
  return adjoint ? [columns, rows] : [rows, columns];
};

function batchMatmul(context: LowerContext): Value {
  requireType(context, 0, 'BATCH_MATMUL', ['float32']);
  const [x, y] = [context.input(0), context.input(1)];
  const adjX = context.bool('adj_x', context.bool('transpose_x', false));
  const adjY = context.bool('adj_y', context.bool('transpose_y', false));
  // One constant matrix for the whole batch: a dense layer.
  if (y.constant && y.dtype === 'float32' && !adjX && x.shape.length >= y.shape.length) {
    const matrix = y.shape.slice(-2);
    if (sizeOf(y.shape.slice(0, -2)) === 1) return dense(context, x, reshapedConstant(y, matrix), adjY);
  }
  return context.emit1('BATCH_MATMUL', { adj_x: adjX, adj_y: adjY, asymmetric_quantize_inputs: false }, [
    x,
    y,
  ]);
}

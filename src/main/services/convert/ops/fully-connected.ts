import type { Op, Value } from '../graph/ir';
import { requireType } from './kit/elementwise';
import { applyFused, FUSED, type FusedAttrs } from './kit/fused';
import { isHybrid, isPerChannel } from './kit/hybrid';
import { transposedConstant } from './kit/lazy-constant';
import { sizeOf, text } from './kit/shapes';
import { versions } from './kit/versions';
import { defineOp, type LowerContext, type OpVersion } from './op';

export interface FullyConnectedAttrs extends FusedAttrs {
  weights_format: number;
  keep_num_dims: boolean;
  asymmetric_quantize_inputs: boolean;
  quantized_bias_type: number;
}

const at = versions(
  '1.5.0',
  '1.10.0',
  '1.14.0',
  '1.14.0',
  '2.0.0',
  '2.1.0',
  '2.3.0',
  '2.3.0',
  '2.3.0',
  '2.11.0',
  '2.15.0',
  '2.17.0',
);

/** The first runtime that is right with a scale per output of int8 weights and int8 or int16 activations. */
const PER_CHANNEL_SINCE = '2.11.0';

/** Without a scale per output in float activations. */
function integerVersion(op: Op<FullyConnectedAttrs>): OpVersion {
  const [input, weights] = [op.input(0), op.input(1)];
  if (input.dtype === 'int16' && weights.dtype === 'int16') return at(7);
  if (op.inputs.length === 2) return at(6);
  if (op.attrs.keep_num_dims) return at(5);
  if (input.dtype !== 'float32' && weights.dtype === 'int8') return at(4);
  if (isHybrid(op, 1)) return at(op.attrs.asymmetric_quantize_inputs ? 9 : 3);
  return at(op.attrs.weights_format === 1 ? 2 : 1);
}

/** Operands: input [..., I] (flattened to [N, I] unless keep_num_dims), weights [O, I], bias [O] or none. */
export const op = defineOp<FullyConnectedAttrs>({
  type: 'FULLY_CONNECTED',
  code: 9,
  options: {
    union: 8,
    fields: [
      ['fused_activation_function', 'int8'],
      ['weights_format', 'int8'],
      ['keep_num_dims', 'bool'],
      ['asymmetric_quantize_inputs', 'bool'],
      ['quantized_bias_type', 'int8'],
    ],
  },
  infer(op) {
    const { dtype, shape } = op.input(0);
    const [outputs = -1, inputs = -1] = op.input(1).shape;
    const last = shape[shape.length - 1] ?? 1;
    if (op.attrs.keep_num_dims) {
      if (last !== -1 && inputs !== -1 && last !== inputs)
        throw new Error(`input ${text(shape)} does not end in the weights' ${inputs}`);
      return [{ dtype, shape: [...shape.slice(0, -1), outputs] }];
    }
    const size = sizeOf(shape);
    if (size !== -1 && inputs !== -1 && size % inputs !== 0)
      throw new Error(`input ${text(shape)} is no multiple of the weights' ${inputs}`);
    return [
      { dtype, shape: [size === -1 || inputs === -1 ? rowsOf(shape, inputs) : size / inputs, outputs] },
    ];
  },
  version(op) {
    const weights = op.input(1);
    if (isHybrid(op, 1) && isPerChannel(weights)) return at(12);
    // No version of its own, and before 2.11 the kernel reads such a scale as 0 and answers a constant [measured].
    if (isPerChannel(weights)) return { ...integerVersion(op), since: PER_CHANNEL_SINCE };
    return integerVersion(op);
  },
  quantization: {
    rule: 'free',
    operands: [0],
    weights: { operand: 1, axis: 0, bias: 2, perChannelSince: PER_CHANNEL_SINCE },
    int16Kernel: true,
    dynamicRange: 'compute',
  },
  fold([input, weights, bias], op: Op<FullyConnectedAttrs>) {
    if (input?.dtype !== 'float32' || weights?.dtype !== 'float32') return undefined;
    const [outputs = 1, inputs = 1] = weights.shape;
    const x = input.data as Float32Array;
    const w = weights.data as Float32Array;
    const y = new Float32Array((x.length / inputs) * outputs);
    for (let i = 0; i < y.length; i++) {
      const [row, column] = [Math.floor(i / outputs) * inputs, (i % outputs) * inputs];
      let sum = 0;
      for (let k = 0; k < inputs; k++) sum += (x[row + k] as number) * (w[column + k] as number);
      y[i] = sum + Number(bias?.data[i % outputs] ?? 0);
    }
    return [applyFused(op.attrs.fused_activation_function, y)];
  },
  lower: {
    MatMul: (context) => matmul(context),
  },
});

/** Rows of an input with dynamic dimensions: known when its last dimension is the weights' and at most one row axis counts. */
const rowsOf = (shape: readonly number[], inputs: number): number =>
  shape[shape.length - 1] === inputs ? sizeOf(shape.slice(0, -1)) : -1;

export const PLAIN_DENSE: FullyConnectedAttrs = {
  fused_activation_function: FUSED.NONE,
  weights_format: 0,
  keep_num_dims: false,
  asymmetric_quantize_inputs: false,
  quantized_bias_type: 0,
};

/** MatMul of two matrices: FULLY_CONNECTED when the right one is constant, BATCH_MATMUL otherwise. */
export function matmul(context: LowerContext): Value {
  requireType(context, 0, 'FULLY_CONNECTED', ['float32']);
  const [a, b] = [context.input(0), context.input(1)];
  const transposeA = context.bool('transpose_a', false);
  const transposeB = context.bool('transpose_b', false);
  if (b.constant && !transposeA && a.dtype === 'float32') return dense(context, a, b, transposeB);
  return context.emit1(
    'BATCH_MATMUL',
    { adj_x: transposeA, adj_y: transposeB, asymmetric_quantize_inputs: false },
    [a, b],
  );
}

/**
 * Product of [..., I] with a constant matrix: [I, O], or [O, I] when `transposed`. Inputs of rank above 2 keep their axes.
 */
export function dense(context: LowerContext, x: Value, weights: Value, transposed: boolean): Value {
  const [rows = 1, columns = 1] = weights.shape;
  const kernel = transposed ? weights : transposedConstant(weights, rows, columns, [columns, rows]);
  const attrs: FullyConnectedAttrs = { ...PLAIN_DENSE, keep_num_dims: x.shape.length !== 2 };
  return context.emit1('FULLY_CONNECTED', attrs, [x, kernel, null]);
}

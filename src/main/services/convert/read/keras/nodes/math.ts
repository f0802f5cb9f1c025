import type { DType } from '@shared/model/dtype';
import { attr, type Attrs, type NodeWriter, type Sym } from './writer';
import { axisOf, broadcast } from './shapes';

/** An operator that keeps type and shape. */
export const unary = (w: NodeWriter, op: string, x: Sym, attrs: Attrs = {}): Sym =>
  w.add(op, [x], { dtype: x.dtype, shape: x.shape }, attrs);

/** An element-wise operator of two operands, broadcast. */
export const binary = (w: NodeWriter, op: string, a: Sym, b: Sym): Sym =>
  w.add(op, [a, b], { dtype: a.dtype, shape: broadcast(a.shape, b.shape) });

export const add = (w: NodeWriter, a: Sym, b: Sym): Sym => binary(w, 'AddV2', a, b);
export const sub = (w: NodeWriter, a: Sym, b: Sym): Sym => binary(w, 'Sub', a, b);
export const mul = (w: NodeWriter, a: Sym, b: Sym): Sym => binary(w, 'Mul', a, b);

/** A comparison or logical operator: the result is bool. */
export const compare = (w: NodeWriter, op: string, a: Sym, b: Sym): Sym =>
  w.add(op, [a, b], { dtype: 'bool', shape: broadcast(a.shape, b.shape) });

export function cast(w: NodeWriter, x: Sym, dtype: DType): Sym {
  if (x.dtype === dtype) return x;
  return w.add(
    'Cast',
    [x],
    { dtype, shape: x.shape },
    { SrcT: attr.dtype(x.dtype), DstT: attr.dtype(dtype) },
  );
}

/** Mean, Sum, Max, Min, Prod, Any or All over some axes (all when undefined). */
export function reduce(
  w: NodeWriter,
  op: string,
  x: Sym,
  axes: readonly number[] | undefined,
  keepDims: boolean,
): Sym {
  const rank = x.shape.length;
  const over = (axes ?? x.shape.map((_, i) => i)).map((axis) => axisOf(axis, rank));
  const shape = keepDims
    ? x.shape.map((size, i) => (over.includes(i) ? 1 : size))
    : x.shape.filter((_, i) => !over.includes(i));
  return w.add(op, [x, w.ints(over)], { dtype: x.dtype, shape }, { keep_dims: attr.bool(keepDims) });
}

/** [..., m, k] x [..., k, n]; a plain matrix on the right is shared by all of the batch. */
export function matmul(w: NodeWriter, a: Sym, b: Sym, transposeA = false, transposeB = false): Sym {
  const rows = a.shape.at(transposeA ? -1 : -2) ?? -1;
  const columns = b.shape.at(transposeB ? -2 : -1) ?? -1;
  const plain = a.shape.length === 2 && b.shape.length === 2;
  const shape = [...broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2)), rows, columns];
  if (plain)
    return w.add(
      'MatMul',
      [a, b],
      { dtype: a.dtype, shape },
      {
        transpose_a: attr.bool(transposeA),
        transpose_b: attr.bool(transposeB),
      },
    );
  return w.add(
    'BatchMatMulV2',
    [a, b],
    { dtype: a.dtype, shape },
    {
      adj_x: attr.bool(transposeA),
      adj_y: attr.bool(transposeB),
    },
  );
}

export const biasAdd = (w: NodeWriter, x: Sym, bias: Sym): Sym =>
  w.add('BiasAdd', [x, bias], { dtype: x.dtype, shape: x.shape }, { data_format: attr.string('NHWC') });
